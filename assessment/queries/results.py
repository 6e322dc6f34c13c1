"""The ranked result as one person may read it: the panel, the approver, the auditor after the fact (A16)."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.text import slugify

from assessment.models import Decision, DecisionItem, Moderation, Ranking, Replacement, Round
from assessment.queries.price_checks import low_prices_of
from assessment.queries.seats import criteria_of, entered, naturally, not_ranked, partner_names, phase_of
from assessment.queries.standing import Standing
from assessment.scoring import LowPrice
from assessment.visibility import IDENTITY_FIELDS, NOTHING, PRICE_FIELDS, Phase, visible_fields
from challenges.models import Criterion
from suppliers.models import PriceOffer, Submission, SubmissionState


@dataclass(frozen=True)
class Points:
    """What one criterion contributed to a total; numbers as decimal strings with four decimals."""

    code: str
    criterion: str
    weight: Decimal
    points: str
    mark: Decimal | None = None
    maximum: Decimal | None = None
    rationale: str = ""


@dataclass(frozen=True)
class RankedRow:
    """One place in the ranking. Of a submission the reader is recused from only rank and pseudonym are here."""

    submission_id: int
    rank: int
    pseudonym: str
    slug: str
    supplier: str = ""
    total: str = ""
    exact: str = ""
    points: tuple[Points, ...] = ()
    groups: tuple[tuple[str, str], ...] = ()
    pilot_price: Decimal | None = None
    contract_price: Decimal | None = None
    stated_pilot_price: Decimal | None = None
    stated_contract_price: Decimal | None = None
    vat: str = ""
    is_selected: bool | None = None
    reason: str = ""


@dataclass(frozen=True)
class DisregardedRow:
    """A submission that is listed and not ranked. Its price is opened to nobody (A8)."""

    pseudonym: str
    slug: str
    supplier: str
    reason: str


@dataclass(frozen=True)
class ResultBoard:
    """Everything on the result page."""

    rows: tuple[RankedRow, ...]
    disregarded: tuple[DisregardedRow, ...]
    low_prices: tuple[LowPrice, ...]
    criteria: tuple[Criterion, ...]
    tie_breaks: tuple[str, ...]
    basis: str
    digest: str
    computed_at: datetime
    decision: Decision | None


def admitted_count(round_: Round) -> int:
    """How many submissions can be ranked."""
    if round_.is_about_pilots:
        return entered(round_).exclude(pk__in=not_ranked(round_)).count()
    decided = (
        SubmissionState.ADMITTED, SubmissionState.SELECTED, SubmissionState.NOT_SELECTED, SubmissionState.LEFT,
    )  # fmt: skip
    return Submission.objects.filter(challenge_id=round_.challenge_id, state__in=decided).count()


def ranked_names(round_: Round) -> list[str]:
    """The ranked suppliers and their partners by name, sorted, for the approver to declare about first."""
    if phase_of(round_) < Phase.RANKED:
        return []
    admitted = entered(round_).exclude(pk__in=not_ranked(round_))
    beside = partner_names(admitted)
    rows = admitted.order_by("supplier__name").values_list("pk", "supplier__name")
    return [name + beside.get(pk, "") for pk, name in rows]


def result_board(standing: Standing) -> ResultBoard | None:
    """The result for this reader; None while there is none, or none for them."""
    round_, looking, phase = standing.round, standing.viewer, standing.phase
    ranking = Ranking.objects.filter(round=round_).first()
    if ranking is None or visible_fields(looking, phase, None) == NOTHING:
        return None
    submissions = {each.pseudonym: each for each in standing.submissions}
    fields = {name: visible_fields(looking, phase, each.pk) for name, each in submissions.items()}
    facts = _Facts.of(round_)
    rows = [facts.row(submissions[placed["id"]], placed, fields[placed["id"]]) for placed in ranking.result["ranking"]]
    return ResultBoard(
        rows=tuple(rows),
        disregarded=tuple(facts.disregarded(submissions[row["id"]], row, fields) for row in _naturally(ranking)),
        # The prices of finished pilots were asked about when they were opened (A12).
        low_prices=()
        if round_.is_about_pilots
        else tuple(low for name, low in low_prices_of(ranking).items() if fields[name] >= PRICE_FIELDS),
        criteria=tuple(facts.criteria.values()),
        tie_breaks=tuple(ranking.inputs["tie_breaks"]),
        basis=ranking.result["basis"],
        digest=ranking.digest,
        computed_at=ranking.computed_at,
        decision=Decision.objects.filter(round=round_).select_related("approver").first(),
    )


@dataclass(frozen=True)
class _Facts:
    """What the rows of a result are put together from, read once."""

    criteria: dict[str, Criterion]
    suppliers: dict[int, str]
    offers: dict[int, PriceOffer]
    moderations: dict[int, dict[str, Moderation]]
    items: dict[int, DecisionItem]
    moved_up: dict[int, str]
    groups: dict[str, str]

    @classmethod
    def of(cls, round_: Round) -> "_Facts":
        challenge_id = round_.challenge_id
        moderations: dict[int, dict[str, Moderation]] = defaultdict(dict)
        for row in Moderation.objects.filter(round=round_).select_related("criterion"):
            moderations[row.submission_id][row.criterion.code] = row
        return cls(
            criteria={row.code: row for row in criteria_of(round_)},
            suppliers=dict(
                Submission.objects.filter(challenge_id=challenge_id).values_list("pk", "supplier__name")
            ),
            offers={o.submission_id: o for o in PriceOffer.objects.filter(submission__challenge_id=challenge_id)},
            moderations=moderations,
            groups={group["code"]: group["name"] for group in round_.challenge.criteria_groups},
            items={item.submission_id: item for item in DecisionItem.objects.filter(decision__round=round_)},
            moved_up=dict(
                Replacement.objects.filter(decision__round=round_).values_list("moved_up_id", "reason")
            ),
        )  # fmt: skip

    def row(self, submission: Submission, placed: dict[str, Any], fields: frozenset[str]) -> RankedRow:
        start = {
            "submission_id": submission.pk, "rank": placed["rank"], "pseudonym": submission.pseudonym,
            "slug": slugify(submission.pseudonym),
        }  # fmt: skip
        if not fields:
            return RankedRow(**start)
        offer = self.offers.get(submission.pk) if fields >= PRICE_FIELDS else None
        item = self.items.get(submission.pk)
        return RankedRow(
            **start,
            supplier=self.suppliers[submission.pk] if fields >= IDENTITY_FIELDS else "",
            total=placed["total"],
            exact=placed["exact"],
            points=self._points(submission, placed["scores"]),
            groups=self._groups(placed.get("groups", {})),
            pilot_price=offer.pilot if offer else None,
            contract_price=offer.contract if offer else None,
            stated_pilot_price=offer.stated("pilot") if offer else None,
            stated_contract_price=offer.stated("contract") if offer else None,
            vat=offer.vat if offer else "",
            is_selected=(item.is_selected or self._moved_up(submission)) if item else None,
            reason=_reason(submission, item, self.moved_up.get(submission.pk, "")),
        )

    def _moved_up(self, submission: Submission) -> bool:
        return submission.pk in self.moved_up and submission.state == SubmissionState.SELECTED

    def disregarded(
        self, submission: Submission, row: dict[str, str], fields: dict[str, frozenset[str]]
    ) -> DisregardedRow:
        seen = fields[row["id"]]
        supplier = self.suppliers[submission.pk] if seen >= IDENTITY_FIELDS else ""
        return DisregardedRow(row["id"], slugify(row["id"]), supplier, row["reason"] if seen else "")

    def _groups(self, points: dict[str, str]) -> tuple[tuple[str, str], ...]:
        """In the order in which they were published: stored JSON comes back in an order of the database's."""
        return tuple((name, points[code]) for code, name in self.groups.items() if code in points)

    def _points(self, submission: Submission, scores: dict[str, str]) -> tuple[Points, ...]:
        moderated = self.moderations.get(submission.pk, {})
        return tuple(
            self._point(criterion, scores[code], moderated.get(code))
            for code, criterion in self.criteria.items()
            if code in scores
        )

    def _point(self, criterion: Criterion, points: str, row: Moderation | None) -> Points:
        start = Points(criterion.code, criterion.name, criterion.weight, points)
        return replace(start, mark=row.mark, maximum=criterion.maximum, rationale=row.rationale) if row else start


def _reason(submission: Submission, item: DecisionItem | None, moved_up: str) -> str:
    later = f"Chosen later, for a place that was given up: {moved_up}" if moved_up else ""
    gone = "Its supplier has withdrawn since." if submission.state == SubmissionState.LEFT else ""
    return " ".join(filter(None, (item.reason if item else "", later, gone)))


def _naturally(ranking: Ranking) -> list[dict[str, str]]:
    return sorted(ranking.result["disregarded"], key=lambda row: naturally(row["id"]))
