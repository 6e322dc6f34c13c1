"""From stored rows to what `scoring` reads, in three queries however many marks there are."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from django.db import connection
from django.db.models import Case, F, When

from assessment import finished, models, scoring
from assessment.models import Assessment, ClauseFinding, Moderation
from assessment.queries.seats import IN_ROUND, criteria_of, naturally
from challenges.models import Challenge, ClauseRequirement, Criterion, CriterionKind
from clauses.models import Due, Mode
from suppliers.models import Submission, SubmissionState

PRICES = ("pilot_price", "contract_price", "corrected_pilot_price", "corrected_contract_price")
Figure = Decimal | float | int
Row = tuple[int, int, Figure, Figure | None]  # submission, criterion, lowest or moderated mark, highest mark or none
# Written out, because building tens of thousands of rows costs the ORM longer than the database.
MARKS = f"""
SELECT submission_id, criterion_id, mark, NULL FROM {Moderation._meta.db_table} WHERE round_id = %s
UNION ALL
SELECT submission_id, criterion_id, MIN(mark), MAX(mark) FROM {Assessment._meta.db_table}
WHERE round_id = %s AND submitted_at IS NOT NULL AND voided_at IS NULL GROUP BY submission_id, criterion_id
"""  # noqa: S608 - our own table names


class Spread(NamedTuple):
    """How far assessors differ on one criterion, of all submissions with just these two marks; `share` of the scale."""

    criterion_id: int
    low: Decimal
    high: Decimal
    share: Fraction
    is_mandatory: bool
    submission_ids: tuple[int, ...]


@dataclass(frozen=True)
class ScoreSheet:
    """A round for scoring, and how far its assessors differ: widest first, so that mandatory topics lead."""

    case: scoring.Case
    spreads: tuple[Spread, ...]


def published_rules(challenge: Challenge) -> scoring.Case:
    """What the arithmetic knows of a challenge before anybody answers: a case without submissions."""
    return _rules(challenge, list(challenge.criteria.order_by("position", "id")), groups_of(challenge))


def rules_for_pilots(challenge: Challenge) -> scoring.Case | None:
    """The same of finished pilots; None where no criteria are published for them."""
    criteria = list(Criterion.of_pilots.filter(challenge=challenge).order_by("position", "id"))
    return _rules(challenge, criteria) if criteria else None


def groups_of(challenge: Challenge) -> tuple[scoring.Group, ...]:
    """The groups of criteria that answers are judged on, as they were published."""
    return tuple(
        scoring.Group(row["code"], None if row["threshold"] is None else Decimal(row["threshold"]))
        for row in challenge.criteria_groups
    )


def _rules(
    challenge: Challenge, criteria: list[Criterion], groups: tuple[scoring.Group, ...] = ()
) -> scoring.Case:  # fmt: skip
    return scoring.Case(
        criteria=[_criterion(row) for row in criteria],
        entries=(),
        tie_breaks=tuple(challenge.tie_breaks),
        groups=groups,
        clauses=_clauses(challenge.pk, criteria),
    )


def case_of(round_: models.Round) -> scoring.Case:
    """The round's case: moderated marks, clause grades where they count, and prices.

    A price is the pilot's and the contract's together, net of VAT; of finished pilots it is the contract's alone. It is
    read only for what is not disregarded (A8). The marks of measured results come from the frozen evidence.
    """
    return _case(round_, _moderated(round_))


def score_sheet(round_: models.Round) -> ScoreSheet:
    """The round's case and the spread of all counted marks, for whoever may see it; marks are aggregated in SQL."""
    with connection.cursor() as cursor:
        cursor.execute(MARKS, [round_.pk, round_.pk])
        rows: list[Row] = cursor.fetchall()
    criteria = criteria_of(round_)
    moderated = [row for row in rows if row[3] is None]
    differing = [row for row in rows if row[3] is not None]
    return ScoreSheet(_case(round_, moderated, criteria), tuple(_spreads(differing, criteria)))


def _moderated(round_: models.Round) -> Iterable[Row]:
    rows = Moderation.objects.filter(round=round_).order_by()
    return ((*row, None) for row in rows.values_list("submission_id", "criterion_id", "mark"))


def _case(round_: models.Round, moderated: Iterable[Row], known: list[Criterion] | None = None) -> scoring.Case:
    criteria = criteria_of(round_) if known is None else known
    codes = {criterion.pk: criterion.code for criterion in criteria}
    marks: dict[int, dict[str, scoring.Mark]] = defaultdict(dict)
    for submission_id, criterion_id, mark, _ in moderated:
        marks[submission_id][codes[criterion_id]] = _mark(mark)
    groups = () if round_.is_about_pilots else groups_of(round_.challenge)
    clauses = _clauses(round_.challenge_id, criteria)
    grades = _grades(round_) if clauses else {}
    found = _finished(round_, criteria, marks) if round_.is_about_pilots else _entries(round_.challenge_id)
    entries = [replace(entry, marks=marks[pk], findings=grades.get(pk, {})) for pk, entry in found]
    return scoring.Case(
        [_criterion(row) for row in criteria], entries, tuple(round_.challenge.tie_breaks), groups, clauses
    )


@cache
def _mark(value: Figure) -> Decimal:
    """A mark as it was given. SQLite hands over binary fractions, whose shortest text is what was stored."""
    return Decimal(str(value))


def _entries(challenge_id: int) -> Iterator[tuple[int, scoring.Entry]]:
    """The round's submissions in natural order of pseudonyms, without their marks."""
    is_open = {"state__in": [state for state in IN_ROUND if state != SubmissionState.DISREGARDED]}
    prices = [Case(When(**is_open, then=F(f"price_offer__{name}"))) for name in PRICES]
    rows = Submission.objects.filter(challenge_id=challenge_id, state__in=IN_ROUND).order_by()
    found = rows.values_list("pk", "pseudonym", "state", "disregard_reason", *prices)
    for pk, pseudonym, state, reason, *figures in sorted(found, key=lambda row: naturally(row[1])):
        is_out = state == SubmissionState.DISREGARDED
        price, stated = (None, None) if is_out else _price(*figures)
        yield pk, scoring.Entry(pseudonym, price=price, stated_price=stated, disregarded=reason if is_out else None)


def _finished(
    round_: models.Round, criteria: Iterable[Criterion], marks: dict[int, dict[str, scoring.Mark]]
) -> Iterator[tuple[int, scoring.Entry]]:
    """The finished pilots in natural order of pseudonyms; the mark of each measured result is put among its marks."""
    rows = models.PilotEvidence.objects.filter(round=round_).select_related("submission", "submission__price_offer")
    measured = [row.code for row in criteria if row.kind == CriterionKind.RESULT]
    for row in sorted(rows, key=lambda row: naturally(row.submission.pseudonym)):
        entry, reason = scoring.Entry(row.submission.pseudonym), row.disregard_reason
        if reason:
            yield row.submission_id, replace(entry, disregarded=reason)
            continue
        offer = row.submission.price_offer
        marks[row.submission_id] |= dict.fromkeys(measured, finished.read(row.document).mark)
        yield row.submission_id, replace(entry, price=offer.contract, stated_price=offer.stated("contract"))


def _price(
    pilot: Decimal | None, contract: Decimal | None, right_pilot: Decimal | None, right_contract: Decimal | None
) -> tuple[Decimal | None, Decimal | None]:
    """The price that is ranked, and the one that was stated where that is another."""
    if pilot is None or contract is None:
        return None, None
    counts = (pilot if right_pilot is None else right_pilot) + (contract if right_contract is None else right_contract)
    return counts, pilot + contract if counts != pilot + contract else None


def _clauses(challenge_id: int, criteria: Iterable[Criterion]) -> tuple[scoring.Clause, ...]:
    """The graded clauses due with the submission, where the criteria count them; what is due later has no grade yet."""
    if not any(row.kind == CriterionKind.CLAUSES for row in criteria):
        return ()
    rows = ClauseRequirement.objects.filter(challenge_id=challenge_id, mode=Mode.SCORED, due=Due.BID).order_by("code")
    return tuple(scoring.Clause(code, "scored", weight) for code, weight in rows.values_list("code", "weight"))


def _grades(round_: models.Round) -> dict[int, dict[str, scoring.Finding]]:
    rows = ClauseFinding.objects.filter(
        round=round_, requirement__mode=Mode.SCORED, requirement__due=Due.BID, grade__isnull=False
    )
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
    # A measured result is scored as a mark is; only where that mark comes from is another matter.
    return scoring.Criterion(
        code=row.code, kind="quality", weight=row.weight, maximum=row.maximum, threshold=row.threshold,
        scale=tuple(_steps(row)), group=row.group or None,
    )  # fmt: skip


def _steps(row: Criterion) -> Iterator[scoring.Step]:
    """The published scale; a step is [mark, label, descriptor] or [mark, descriptor]."""
    for mark, *words in row.scale:
        label, descriptor = words if len(words) == 2 else ("", words[0] if words else "")
        yield scoring.Step(Decimal(str(mark)), str(label), str(descriptor))


def _spreads(rows: Iterable[Row], criteria: Iterable[Criterion]) -> list[Spread]:
    """The spreads, widest first (A14). Marks repeat, so what two marks mean on a scale is worked out once."""
    maxima = {row.pk: row.maximum for row in criteria}
    alike: dict[tuple[int, Figure, Figure], list[int]] = defaultdict(list)
    for submission_id, criterion_id, low, high in rows:
        alike[criterion_id, low, high or 0].append(submission_id)
    found = [_alike(key, maxima[key[0]], tuple(submissions)) for key, submissions in alike.items()]
    return sorted(found, key=lambda spread: spread.share, reverse=True)


def _alike(key: tuple[int, Figure, Figure], maximum: Decimal, submission_ids: tuple[int, ...]) -> Spread:
    low, high = _mark(key[1]), _mark(key[2])
    share, is_mandatory = scoring.spread((low, high), maximum), scoring.needs_moderation((low, high), maximum)
    return Spread(key[0], low, high, share, is_mandatory, submission_ids)
