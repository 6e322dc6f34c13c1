"""Clause findings: what the chair has found, and what is still to be found before quality is frozen."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils.text import slugify

from assessment.models import ClauseFinding, Round
from assessment.queries.blind import BlindResponse, BlindSubmission
from assessment.queries.seats import submissions_in
from assessment.queries.standing import Standing
from challenges.models import ClauseRequirement, CriterionKind
from clauses.models import Due, Mode


@dataclass(frozen=True)
class FindingRow:
    """A clause response beside what was found about it."""

    response: BlindResponse
    finding: ClauseFinding | None
    descriptors: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()

    @property
    def is_due_now(self) -> bool:
        """Whether it was to be answered with the submission; else it follows the submission into its pilot."""
        return self.response.due == Due.BID

    @property
    def claimed(self) -> str:
        """What the claimed level means, in the published words."""
        return self.descriptors.get(str(self.response.level), "") if self.response.level is not None else ""


@dataclass(frozen=True)
class ClauseProgress:
    """How many mandatory clauses of one submission have a finding."""

    pseudonym: str
    slug: str
    found: int
    asked: int

    @property
    def is_complete(self) -> bool:
        return self.found == self.asked


def findings_of(round_: Round, shown: BlindSubmission) -> list[FindingRow]:
    """Every clause response of a submission that the reader may see, with its finding; mandatory clauses first."""
    rows = ClauseFinding.objects.filter(round=round_, submission__pseudonym=shown.pseudonym)
    found = {row.requirement_id: row for row in rows}
    asked = ClauseRequirement.objects.filter(challenge_id=round_.challenge_id).only("descriptors", "evidence").in_bulk()
    ordered = sorted(shown.clause_responses, key=lambda response: not response.is_mandatory)
    return [_row(response, found, asked[response.requirement_id]) for response in ordered]


def _row(response: BlindResponse, found: dict[int, ClauseFinding], asked: ClauseRequirement) -> FindingRow:
    return FindingRow(response, found.get(asked.pk), asked.descriptors or {}, tuple(asked.evidence))


def clause_progress(standing: Standing) -> list[ClauseProgress]:
    """Per submission, how many of the mandatory clauses have a finding."""
    round_ = standing.round
    asked = _mandatory(round_).count()
    done = Counter(submission_id for submission_id, _ in _found(round_))
    return [
        ClauseProgress(each.pseudonym, slugify(each.pseudonym), done[each.pk], asked) for each in standing.submissions
    ]


def mandatory_without_finding(round_: Round) -> list[str]:
    """“Pseudonym: CODE” for every mandatory clause, due with the submission, that nobody has judged yet."""
    codes = list(_mandatory(round_).order_by("code").values_list("pk", "code"))
    done = _found(round_)
    return [
        f"{each.pseudonym}: {code}"
        for each in submissions_in(round_)
        for pk, code in codes
        if (each.pk, pk) not in done
    ]


def graded_without_grade(round_: Round) -> list[str]:
    """“Pseudonym: CODE” for every graded clause without a grade, where the criteria count grades; empty elsewhere."""
    counted = ClauseRequirement.objects.filter(
        challenge_id=round_.challenge_id,
        mode=Mode.SCORED,
        due=Due.BID,
        challenge__criteria__kind=CriterionKind.CLAUSES,
    )
    codes = list(counted.order_by("code").values_list("pk", "code"))
    if not codes:
        return []
    rows = ClauseFinding.objects.filter(round=round_, requirement__mode=Mode.SCORED, grade__isnull=False)
    done = set(rows.values_list("submission_id", "requirement_id"))
    return [
        f"{each.pseudonym}: {code}"
        for each in submissions_in(round_)
        for pk, code in codes
        if (each.pk, pk) not in done
    ]


def _found(round_: Round) -> set[tuple[int, int]]:
    rows = ClauseFinding.objects.filter(round=round_, requirement__in=_mandatory(round_))
    return set(rows.values_list("submission_id", "requirement_id"))


def _mandatory(round_: Round) -> QuerySet[ClauseRequirement]:
    """What a submission passes or fails now; a clause due later is judged in the pilot, before its own date."""
    return ClauseRequirement.objects.filter(challenge_id=round_.challenge_id, mode=Mode.MANDATORY, due=Due.BID)
