"""Counting why firms do not answer."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts.hourly import is_too_much
from audit.transitions import Refused
from challenges.models import Challenge
from challenges.rules import is_open
from suppliers.models import Reason, ReasonCount

MOST_AN_HOUR = 60


@transaction.atomic
def tell_reasons(*, challenge: Challenge, reasons: Iterable[str], at: datetime) -> None:
    """Count reasons (values of Reason) for not answering an open call.

    There is no actor and no event on purpose: a record of who told, or when, would not be anonymous. What one hour may
    bring is limited for the challenge as a whole, because nothing about the sender is looked at.
    """
    chosen = sorted({Reason(each) for each in reasons})
    if not chosen:
        raise Refused("Choose at least one reason.")
    if not is_open(challenge, at):
        raise Refused("Reasons are collected while the call is open.")
    _refuse_flood(challenge, at)
    for reason in chosen:
        row, _ = ReasonCount.objects.get_or_create(challenge=challenge, reason=reason)
        ReasonCount.objects.filter(pk=row.pk).update(count=F("count") + 1)


def _refuse_flood(challenge: Challenge, at: datetime) -> None:
    if is_too_much(f"reasons:{challenge.pk}", at, MOST_AN_HOUR):
        raise Refused("Very many reasons came in within this hour. Please try again in the next.")
