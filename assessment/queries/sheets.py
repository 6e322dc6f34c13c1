"""From stored rows to what `scoring` reads, in three queries however many marks there are."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

from django.db.models import Case, F, IntegerField, Max, Min, Value, When
from django.db.models.functions import Cast, Round

from assessment import models, scoring
from assessment.models import Assessment, ClauseFinding, Moderation
from assessment.queries.seats import IN_ROUND, naturally
from challenges.models import Challenge, ClauseRequirement, Criterion, CriterionKind
from clauses.models import Mode
from suppliers.models import Submission, SubmissionState

HUNDRED = 100
NO_MARK = -1
Row = tuple[int, int, int, int]


class Spread(NamedTuple):
    """How far the assessors of one submission differ on one criterion; `share` is of the scale (A14)."""

    submission_id: int
    criterion_id: int
    low: Decimal
    high: Decimal
    share: Fraction
    is_mandatory: bool


@dataclass(frozen=True)
class ScoreSheet:
    """A round for scoring, and how far its assessors differ: widest first, so that mandatory topics lead."""

    case: scoring.Case
    spreads: tuple[Spread, ...]


def published_rules(challenge: Challenge) -> scoring.Case:
    """What the arithmetic knows of a challenge before anybody answers: a case without submissions."""
    criteria = list(challenge.criteria.order_by("position", "id"))
    return scoring.Case(
        criteria=[_criterion(row) for row in criteria],
        entries=(),
        tie_breaks=tuple(challenge.tie_breaks),
        clauses=_clauses(challenge.pk, criteria),
    )


def case_of(round_: models.Round) -> scoring.Case:
    """The round's case: moderated marks, clause grades where they count, and prices.

    A price is the pilot's and the contract's together, net of VAT; it is read only for submissions that are not
    disregarded (A8).
    """
    return _case(round_, _moderated(round_))


def score_sheet(round_: models.Round) -> ScoreSheet:
    """The round's case and the spread of all counted marks, for whoever may see it; marks are aggregated in SQL."""
    submitted = Assessment.objects.counted().filter(round=round_, submitted_at__isnull=False)
    spreads = submitted.values("submission_id", "criterion_id").annotate(
        low=_hundredths(Min("mark")), high=_hundredths(Max("mark"))
    )
    rows = _moderated(round_).union(spreads.values_list("submission_id", "criterion_id", "low", "high"), all=True)
    moderated: list[Row] = []
    differing: list[Row] = []
    for row in rows:
        (moderated if row[3] == NO_MARK else differing).append(row)
    criteria = _criteria_of(round_)
    return ScoreSheet(_case(round_, moderated, criteria), tuple(_spreads(differing, criteria)))


def _hundredths(mark: Any) -> Any:
    """A mark as a whole number: it has two decimals at most, and whole numbers are quick to read and to compare."""
    return Cast(Round(mark * HUNDRED), IntegerField())


def _moderated(round_: models.Round) -> Any:
    rows = Moderation.objects.filter(round=round_).order_by()
    return rows.values_list("submission_id", "criterion_id", _hundredths(F("mark")), Value(NO_MARK))


def _criteria_of(round_: models.Round) -> list[Criterion]:
    return list(Criterion.objects.filter(challenge_id=round_.challenge_id).order_by("position", "id"))


def _case(round_: models.Round, moderated: Iterable[Row], known: list[Criterion] | None = None) -> scoring.Case:
    criteria = _criteria_of(round_) if known is None else known
    codes = {criterion.pk: criterion.code for criterion in criteria}
    marks: dict[int, dict[str, scoring.Mark]] = defaultdict(dict)
    for submission_id, criterion_id, hundredths, _ in moderated:
        marks[submission_id][codes[criterion_id]] = _mark(hundredths)
    clauses = _clauses(round_.challenge_id, criteria)
    grades = _grades(round_) if clauses else {}
    entries = [
        replace(entry, marks=marks[pk], findings=grades.get(pk, {})) for pk, entry in _entries(round_.challenge_id)
    ]
    return scoring.Case([_criterion(row) for row in criteria], entries, tuple(round_.challenge.tie_breaks), (), clauses)


@cache
def _mark(hundredths: int) -> Decimal:
    return Decimal(hundredths) / HUNDRED


def _entries(challenge_id: int) -> Iterator[tuple[int, scoring.Entry]]:
    """The round's submissions in natural order of pseudonyms, without their marks."""
    is_open = {"state__in": [state for state in IN_ROUND if state != SubmissionState.DISREGARDED]}
    prices = [Case(When(**is_open, then=F(f"price_offer__{name}"))) for name in ("pilot_price", "contract_price")]
    rows = Submission.objects.filter(challenge_id=challenge_id, state__in=IN_ROUND).order_by()
    found = rows.values_list("pk", "pseudonym", "state", "disregard_reason", *prices)
    for pk, pseudonym, state, reason, pilot, contract in sorted(found, key=lambda row: naturally(row[1])):
        is_out = state == SubmissionState.DISREGARDED
        price = None if pilot is None or is_out else pilot + contract
        yield pk, scoring.Entry(pseudonym, price=price, disregarded=reason if is_out else None)


def _clauses(challenge_id: int, criteria: Iterable[Criterion]) -> tuple[scoring.Clause, ...]:
    """The graded clauses of a challenge whose criteria count them; none otherwise."""
    if not any(row.kind == CriterionKind.CLAUSES for row in criteria):
        return ()
    rows = ClauseRequirement.objects.filter(challenge_id=challenge_id, mode=Mode.SCORED).order_by("code")
    return tuple(scoring.Clause(code, "scored", weight) for code, weight in rows.values_list("code", "weight"))


def _grades(round_: models.Round) -> dict[int, dict[str, scoring.Finding]]:
    rows = ClauseFinding.objects.filter(round=round_, requirement__mode=Mode.SCORED, grade__isnull=False)
    grades: dict[int, dict[str, scoring.Finding]] = defaultdict(dict)
    for submission_id, code, grade in rows.values_list("submission_id", "requirement__code", "grade"):
        grades[submission_id][code] = grade
    return grades


def _criterion(row: Criterion) -> scoring.Criterion:
    if row.kind == CriterionKind.CLAUSES:
        return scoring.Criterion(code=row.code, kind="clauses", weight=row.weight)
    if row.kind == CriterionKind.PRICE:
        return scoring.Criterion(
            code=row.code, kind="price", weight=row.weight, formula=row.formula or None,
            maximum_price=row.maximum_price, optimal_price=row.optimal_price,
        )  # fmt: skip
    return scoring.Criterion(
        code=row.code, kind="quality", weight=row.weight, maximum=row.maximum, threshold=row.threshold,
        scale=tuple(_steps(row)),
    )  # fmt: skip


def _steps(row: Criterion) -> Iterator[scoring.Step]:
    """The published scale; a step is [mark, label, descriptor] or [mark, descriptor]."""
    for mark, *words in row.scale:
        label, descriptor = words if len(words) == 2 else ("", words[0] if words else "")
        yield scoring.Step(Decimal(str(mark)), str(label), str(descriptor))


def _spreads(rows: Iterable[Row], criteria: Iterable[Criterion]) -> Iterator[Spread]:
    maxima = {row.pk: row.maximum for row in criteria}
    by_share: dict[Fraction, list[Spread]] = defaultdict(list)
    for submission_id, criterion_id, low, high in rows:
        share, is_mandatory = _share(low, high, maxima[criterion_id])
        by_share[share].append(Spread(submission_id, criterion_id, _mark(low), _mark(high), share, is_mandatory))
    for share in sorted(by_share, reverse=True):
        yield from by_share[share]


@cache
def _share(low: int, high: int, maximum: Decimal) -> tuple[Fraction, bool]:
    marks = (_mark(low), _mark(high))
    return scoring.spread(marks, maximum), scoring.needs_moderation(marks, maximum)
