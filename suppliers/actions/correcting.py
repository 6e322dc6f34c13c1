"""Doing the sums of an opened price again; the figure that was stated stays."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from audit.actors import Actor
from audit.models import Visibility
from audit.transitions import Refused, append_event, lock
from challenges.money import money
from suppliers.models import PriceOffer

PARTS = ("pilot", "contract")


@transaction.atomic
def correct_price(*, offer: PriceOffer, part: str, corrected: Decimal, actor: Actor, at: datetime, reason: str) -> None:
    """Set the corrected figure (pounds, net) of one part of an opened price, "pilot" or "contract".

    The assessment room calls this, which decides who may and why. Raises Refused where the figure is the one stated.
    """
    if part not in PARTS:
        raise ValueError(f"a price has no part {part}")
    lock(offer)
    stated = getattr(offer, f"{part}_price")
    if corrected == stated:
        raise Refused(f"The lines sum to {money(stated)}, which is what was stated: there is nothing to correct.")
    setattr(offer, f"corrected_{part}_price", corrected)
    offer.save(update_fields=[f"corrected_{part}_price"])
    append_event(
        verb="price.corrected", subject=offer.submission, actor=actor, at=at, reason=reason,
        challenge_id=offer.submission.challenge_id, visibility=Visibility.SUPPLIER, data={"part": part},
    )  # fmt: skip
