"""Everything that letters are made from, read once for a whole round."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from assessment import finished
from assessment.finished import Finished
from assessment.models import (
    ClauseFinding,
    Decision,
    DecisionItem,
    Explanation,
    Moderation,
    PilotEvidence,
    PriceClarification,
    PriceCorrection,
    Ranking,
    Round,
    SiftOutcome,
    SiftVerdict,
)
from assessment.queries import counted_verdicts, criteria_of, not_ranked, submissions_in
from challenges.models import Criterion, CriterionKind
from clauses.models import Mode
from suppliers.models import PriceOffer, Submission

FEWEST_WORDS = 3


@dataclass(frozen=True)
class Gap:
    """A mark or grade without an explanation that a supplier could learn from (D3)."""

    submission: Submission
    code: str
    name: str

    def __str__(self) -> str:
        return f"{self.submission.pseudonym}, {self.name}"


@dataclass
class Facts:
    """A round with all that was judged, by submission id."""

    round: Round
    criteria: tuple[Criterion, ...]
    submissions: dict[int, Submission] = field(default_factory=dict)
    suppliers: dict[int, tuple[str, str]] = field(default_factory=dict)
    moderations: dict[int, dict[str, Moderation]] = field(default_factory=lambda: defaultdict(dict))
    findings: dict[int, list[ClauseFinding]] = field(default_factory=lambda: defaultdict(list))
    explanations: dict[tuple[int, str], str] = field(default_factory=dict)
    placed: dict[str, dict[str, Any]] = field(default_factory=dict)
    offers: dict[int, PriceOffer] = field(default_factory=dict)
    corrections: dict[int, list[PriceCorrection]] = field(default_factory=lambda: defaultdict(list))
    asked: dict[int, PriceClarification] = field(default_factory=dict)
    evidence: dict[int, Finished] = field(default_factory=dict)
    not_ranked: dict[int, str] = field(default_factory=dict)
    items: dict[int, DecisionItem] = field(default_factory=dict)
    sifted: dict[int, list[SiftVerdict]] = field(default_factory=lambda: defaultdict(list))
    dropped_in_sift: frozenset[int] = frozenset()
    decision: Decision | None = None
    digest: str = ""

    def explanation(self, submission_id: int, code: str, rationale: str) -> str:
        """The rationale beside the mark, or what the chair wrote where there was none."""
        written = self.explanations.get((submission_id, code), "")
        return rationale.strip() if is_explanation(rationale) or not written else written

    @property
    def selected(self) -> list[Submission]:
        return [self.submissions[pk] for pk, item in self.items.items() if item.is_selected]


def facts_of(round_: Round, also: Iterable[Submission] = ()) -> Facts:
    """The facts of a round, in some dozen queries whatever its size; `also` those dropped while it is judged."""
    found = Facts(round_, tuple(criteria_of(round_)))
    found.submissions = {each.pk: each for each in (*submissions_in(round_), *also)}
    _read_judgement(found)
    _read_prices(found)
    _read_finished(found)
    _read_outcome(found)
    return found


def gaps_of(facts: Facts) -> Iterator[Gap]:
    """Every mark and grade that still needs an explanation before a letter can be sent (D3)."""
    counts_clauses = any(row.kind == CriterionKind.CLAUSES for row in facts.criteria)
    for pk, submission in facts.submissions.items():
        for row in facts.moderations[pk].values():
            if not is_explanation(facts.explanation(pk, row.criterion.code, row.rationale)):
                yield Gap(submission, row.criterion.code, row.criterion.name)
        for finding in facts.findings[pk] if counts_clauses else ():
            asked = finding.requirement
            is_graded = asked.mode == Mode.SCORED and finding.grade is not None
            if is_graded and not is_explanation(facts.explanation(pk, asked.code, finding.rationale)):
                yield Gap(submission, asked.code, f"{asked.code} {asked.title}")


def is_explanation(text: str) -> bool:
    """Whether a text can explain anything: more than a word or two."""
    return len(text.split()) >= FEWEST_WORDS


def _read_judgement(found: Facts) -> None:
    round_ = found.round
    for row in Moderation.objects.filter(round=round_).select_related("criterion").order_by("criterion__position"):
        found.moderations[row.submission_id][row.criterion.code] = row
    for finding in ClauseFinding.objects.filter(round=round_).select_related("requirement").order_by("requirement"):
        found.findings[finding.submission_id].append(finding)
    found.sifted = counted_verdicts(round_)
    gone = SiftOutcome.objects.filter(round=round_, goes_on=False)
    found.dropped_in_sift = frozenset(gone.values_list("submission_id", flat=True))
    written = Explanation.objects.filter(round=round_).values_list("submission_id", "code", "text")
    found.explanations = {(pk, code): text for pk, code, text in written}
    names = Submission.objects.filter(pk__in=found.submissions)
    rows = names.values_list("pk", "supplier__name", "supplier__company_number")
    found.suppliers = {pk: (name, number) for pk, name, number in rows}


def _read_finished(found: Facts) -> None:
    if not found.round.is_about_pilots:
        return
    rows = PilotEvidence.objects.filter(round=found.round).values_list("submission_id", "document")
    found.evidence = {pk: finished.read(document) for pk, document in rows}
    found.not_ranked = not_ranked(found.round)


def _read_prices(found: Facts) -> None:
    round_ = found.round
    found.offers = {row.submission_id: row for row in PriceOffer.objects.filter(submission__in=found.submissions)}
    for row in PriceCorrection.objects.filter(round=round_):
        found.corrections[row.submission_id].append(row)
    found.asked = {row.submission_id: row for row in PriceClarification.objects.filter(round=round_)}


def _read_outcome(found: Facts) -> None:
    ranking = Ranking.objects.filter(round=found.round).first()
    if ranking is not None:
        found.placed = {row["id"]: row for row in ranking.result["ranking"]}
        found.digest = ranking.digest
    found.decision = Decision.objects.filter(round=found.round).first()
    if found.decision is not None:
        found.items = {row.submission_id: row for row in found.decision.items.all()}
