"""Reads about awards: what is public, what a council's page shows, what stands between a pilot and its contract."""

from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q

from assessment.models import RoundKind, RoundState
from assessment.queries import IN_ROUND, round_of
from awards.models import LIVE, Award, AwardKind, AwardQuerySet, AwardState
from challenges.models import Challenge, Criterion
from clauses.models import Due
from pilots.actions import finished_pilots
from pilots.handing import why_not_proven
from pilots.models import Pilot, PilotQuerySet, PilotState, Verdict
from pilots.queries import open_clauses
from suppliers.models import PriceOffer, Submission

UNNAMED = (PilotState.PLANNED, PilotState.REGISTERED)
UNDECIDED = (PilotState.RUNNING, PilotState.SUSPENDED, PilotState.EVALUATING)


def public_awards(challenge: Challenge) -> AwardQuerySet:
    """The challenge's awards whose notice went out, oldest first, with supplier and contract: one query."""
    return for_page(Award.objects.public().filter(challenge=challenge)).order_by("notified_at", "pk")


def for_page(awards: AwardQuerySet) -> AwardQuerySet:
    """What a page shows of an award, in one query."""
    return awards.select_related("supplier", "contract", "pilot", "challenge__council")


def with_names(pilots: PilotQuerySet) -> PilotQuerySet:
    """Each pilot with `is_named`: its supplier is public, by an award's notice or the pilot's start (A16)."""
    notified = Award.objects.public().filter(pilot=OuterRef("pk"))
    return pilots.annotate(is_named=~Q(state__in=UNNAMED) | Exists(notified))


def live_award(pilot: Pilot, kind: str) -> Award | None:
    """The award of this kind for this pilot that was not withdrawn."""
    return Award.objects.filter(pilot=pilot, kind=kind).exclude(state=AwardState.WITHDRAWN).first()


def live_contract_award(challenge: Challenge) -> Award | None:
    """The challenge's one award of the full contract, wherever it stands."""
    kept = Award.objects.filter(challenge=challenge, kind=AwardKind.CONTRACT).exclude(state=AwardState.WITHDRAWN)
    return kept.select_related("supplier").first()


def unfinished_awards(challenge: Challenge) -> AwardQuerySet:
    """Awards proposed, approved, in standstill or challenged: neither signed nor withdrawn."""
    return Award.objects.filter(challenge=challenge, state__in=LIVE).select_related("supplier")


def has_signed(pilot: Pilot, kind: str) -> bool:
    """Whether the pilot's contract of this kind was signed."""
    return Award.objects.filter(pilot=pilot, kind=kind, state=AwardState.CONTRACTED).exists()


def undecided_pilots(challenge: Challenge) -> list[Pilot]:
    """Pilots under way whose gate nobody decided yet."""
    return list(challenge.pilots.filter(state__in=UNDECIDED).select_related("supplier"))


def others_under_way(pilot: Pilot) -> list[Pilot]:
    """Other pilots of the same challenge that are owed their gate: they run, or their own award has been begun."""
    begun = Award.objects.filter(kind=AwardKind.PILOT).exclude(state=AwardState.WITHDRAWN).values("pilot")
    owed = Q(state__in=UNDECIDED) | Q(state__in=UNNAMED, pk__in=begun)
    others = Pilot.objects.filter(owed, challenge=pilot.challenge_id).exclude(pk=pilot.pk)
    return list(others.select_related("supplier").order_by("pk"))


def clauses_before_award(pilot: Pilot) -> list[str]:
    """Codes of the clauses due before the award, or earlier, that are neither met nor waived."""
    return open_clauses(pilot, Due.BEFORE_PILOT_START, Due.DURING_PILOT, Due.BEFORE_AWARD)


def registered_verdict(pilot: Pilot) -> str:
    """The verdict of the registered result that the gate was decided on; empty before."""
    gate = getattr(pilot, "gate", None)
    return gate.evaluation.verdict if gate else Verdict.NONE


def offered(pilot: Pilot, kind: str) -> Decimal | None:
    """The supplier's own price for the pilot or the full contract, net; None while it is not opened."""
    offer = PriceOffer.objects.filter(submission=pilot.submission_id).first()
    if offer is None:
        return None
    return offer.pilot if kind == AwardKind.PILOT else offer.contract


def vat_of(pilot: Pilot) -> str:
    """The VAT that comes on top of this supplier's prices, in a few words; empty while they are not opened."""
    offer = PriceOffer.objects.filter(submission=pilot.submission_id).first()
    return offer.vat if offer else ""


def without_summary(award: Award) -> list[str]:
    """Pseudonyms of submissions in the round behind an award that were never told how they fared."""
    rows = Submission.objects.filter(challenge=award.challenge, state__in=IN_ROUND, told_at=None)
    return sorted(rows.values_list("pseudonym", flat=True))


def order_of_finished(challenge: Challenge) -> list[tuple[Submission, dict[str, Any]]]:
    """The ranked pilots of a decided round in the order in which a contract may go to them, each with its place.

    Whoever was chosen comes first, then by rank. Empty before the decision, and where it chose nobody.
    """
    round_ = round_of(challenge, RoundKind.PILOTS)
    if round_ is None or round_.state != RoundState.DECIDED:
        return []
    items = list(round_.decision.items.select_related("submission__supplier"))
    places = {row["id"]: row for row in round_.ranking.result["ranking"]}
    if not any(item.is_selected for item in items):
        return []
    items.sort(key=lambda item: (not item.is_selected, places[item.submission.pseudonym]["rank"], item.pk))
    return [(item.submission, places[item.submission.pseudonym]) for item in items]


def gave_up(challenge: Challenge) -> set[int]:
    """Ids of submissions whose award of the full contract was withdrawn: whoever is ranked next may follow."""
    gone = Award.objects.filter(challenge=challenge, kind=AwardKind.CONTRACT, state=AwardState.WITHDRAWN)
    return set(gone.values_list("pilot__submission", flat=True))


def has_to_be_ranked(challenge: Challenge) -> bool:
    """Whether several pilots proved their outcome where criteria for them were published with the call."""
    if not Criterion.of_pilots.filter(challenge=challenge).exists():
        return False
    return sum(not why_not_proven(pilot) for pilot in finished_pilots(challenge)) > 1


def pilots_of(challenge: Challenge) -> list[Pilot]:
    """The challenge's pilots with what proposing an award asks of them."""
    found = challenge.pilots.select_related("supplier", "submission", "challenge__council", "gate__evaluation")
    return list(found.order_by("pk"))


def reference_is_taken(reference: str) -> bool:
    """Whether another contract carries this reference."""
    return Award.objects.filter(Q(contract__reference__iexact=reference)).exists()
