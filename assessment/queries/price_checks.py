"""Opened prices before the decision: what was corrected, what is flagged, what was asked and answered (A12)."""

from dataclasses import dataclass, field
from fractions import Fraction

from django.utils.text import slugify

from assessment.models import ClarificationState, PriceClarification, PriceCorrection, Ranking, Round
from assessment.queries.seats import IN_ROUND, naturally
from assessment.scoring import LowPrice, low_prices
from suppliers.models import PriceOffer, Submission

SETTLED = (ClarificationState.ACCEPTED, ClarificationState.REJECTED)
BOXES = ("draft_box", "draft_price_box", "content_box", "price_box")


@dataclass(frozen=True)
class PriceCheck:
    """One opened price: its figures, the reason if it is flagged, and how far asking about it has come."""

    submission: Submission
    offer: PriceOffer
    flag: str = ""
    low: LowPrice | None = None
    clarification: PriceClarification | None = None
    corrections: tuple[PriceCorrection, ...] = field(default_factory=tuple)

    @property
    def pseudonym(self) -> str:
        return self.submission.pseudonym

    @property
    def slug(self) -> str:
        return slugify(self.submission.pseudonym)

    @property
    def is_open(self) -> bool:
        """Whether the decision waits for it: flagged and not asked about, or asked and not decided."""
        if self.clarification is None:
            return bool(self.flag)
        return self.clarification.state not in SETTLED


def price_checks(round_: Round) -> list[PriceCheck]:
    """Every opened price of a ranked round, in natural order of pseudonyms; empty before. For the approver's pages."""
    if round_.is_about_pilots:
        return []  # their prices were asked about when they were opened
    ranking = Ranking.objects.filter(round=round_).first()
    if ranking is None:
        return []
    flags, low = {row["id"]: row["reason"] for row in ranking.result["flags"]}, low_prices_of(ranking)
    asked = {row.submission_id: row for row in PriceClarification.objects.filter(round=round_)}
    corrections: dict[int, list[PriceCorrection]] = {}
    for row in PriceCorrection.objects.filter(round=round_):
        corrections.setdefault(row.submission_id, []).append(row)
    offers = PriceOffer.objects.filter(
        submission__challenge_id=round_.challenge_id, submission__state__in=IN_ROUND
    ).select_related("submission")
    # The sealed boxes of a submission are large, and nothing here reads them.
    slim = offers.defer(*(f"submission__{name}" for name in BOXES))
    found = [
        PriceCheck(
            offer.submission, offer, flags.get(offer.submission.pseudonym, ""), low.get(offer.submission.pseudonym),
            asked.get(offer.submission_id), tuple(corrections.get(offer.submission_id, ())),
        )
        for offer in slim
    ]  # fmt: skip
    return sorted(found, key=lambda check: naturally(check.pseudonym))


def low_prices_of(ranking: Ranking) -> dict[str, LowPrice]:
    """The flagged prices of a ranking by pseudonym, each with what it was compared with: for pages, in numbers."""
    if not ranking.result["flags"]:
        return {}
    ranked = {row["id"] for row in ranking.result["ranking"]}
    rows = [row for row in ranking.inputs["submissions"] if row["id"] in ranked]
    counted = {row["id"]: Fraction(row.get("corrected_price", row["price"])) for row in rows}
    return {low.id: low for low in low_prices(counted)}


def price_check(round_: Round, slug: str) -> PriceCheck | None:
    """The check of the submission whose pseudonym reads so in an address."""
    return next((check for check in price_checks(round_) if check.slug == slug), None)


def question_about_price(submission: Submission) -> PriceClarification | None:
    """What the council asked this supplier about its price."""
    rows = PriceClarification.objects.filter(submission=submission).select_related("round__challenge__council")
    return rows.first()
