"""Clause findings: what the chair has found, and what is still to be found before quality is frozen."""

from collections import Counter
from dataclasses import dataclass

from django.utils.text import slugify

from assessment.models import ClauseFinding, Round
from assessment.queries.blind import BlindResponse, BlindSubmission
from assessment.queries.seats import submissions_in
from assessment.queries.standing import Standing
from challenges.models import ClauseRequirement, CriterionKind
from clauses.models import Mode


@dataclass(frozen=True)
class FindingRow:
    """A clause response beside what was found about it."""

    response: BlindResponse
    finding: ClauseFinding | None


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
    ordered = sorted(shown.clause_responses, key=lambda response: not response.is_mandatory)
    return [FindingRow(response, found.get(response.requirement_id)) for response in ordered]


def clause_progress(standing: Standing) -> list[ClauseProgress]:
    """Per submission, how many of the mandatory clauses have a finding."""
    round_ = standing.round
    asked = ClauseRequirement.objects.filter(challenge_id=round_.challenge_id, mode=Mode.MANDATORY).count()
    done = Counter(submission_id for submission_id, _ in _found(round_))
    return [
        ClauseProgress(each.pseudonym, slugify(each.pseudonym), done[each.pk], asked) for each in standing.submissions
    ]


def mandatory_without_finding(round_: Round) -> list[str]:
    """“Pseudonym: CODE” for every mandatory clause of every submission that nobody has judged yet."""
    asked = ClauseRequirement.objects.filter(challenge_id=round_.challenge_id, mode=Mode.MANDATORY).order_by("code")
    codes = list(asked.values_list("pk", "code"))
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
        challenge_id=round_.challenge_id, mode=Mode.SCORED, challenge__criteria__kind=CriterionKind.CLAUSES
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
    rows = ClauseFinding.objects.filter(round=round_, requirement__mode=Mode.MANDATORY)
    return set(rows.values_list("submission_id", "requirement_id"))
