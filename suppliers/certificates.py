"""How long a certificate still stands. Pure: dates in, words out."""

from dataclasses import dataclass
from datetime import date, timedelta

SOON = timedelta(days=60)


@dataclass(frozen=True)
class Standing:
    """A look (a state's word and shape), and the words beside it; `needs_care` is true when it runs out soon or has."""

    look: str
    word: str
    needs_care: bool


def standing(expires_on: date | None, today: date) -> Standing:
    """Where a certificate stands today; it still counts on the day on which it expires."""
    if expires_on is None:
        return Standing("met", "No end", needs_care=False)
    left = expires_on - today
    if left < timedelta(0):
        return Standing("fail", "Expired", needs_care=True)
    if left > SOON:
        return Standing("met", "In date", needs_care=False)
    days = left.days
    words = {0: "Expires today", 1: "Expires tomorrow"}.get(days, f"Expires in {days} days")
    return Standing("attention", words, needs_care=True)
