"""How the house writes money, instants and states in words. Pure: no Django, no clock of its own."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from challenges.money import as_decimal, money

__all__ = ["by", "day", "figure", "look", "money", "time_left", "when"]

LONDON = ZoneInfo("Europe/London")

# Every state has a shape beside its word, and a tone that only repeats what the word says.
# Shapes: dashed (not begun, private), arrow (ahead), disc (live), square (shut), half (under way), diamond (a decision
# is due or was taken), tick (done, met), cross (ended, not met).
_LOOKS = {
    ("dashed", "quiet"): "draft planned not_started todo due_later none not_yet unchecked",
    ("arrow", "ahead"): "upcoming registered proposed declaring notified quarantined",
    ("disc", "live"): "open running submitted published",
    ("square", "quiet"): "closed concluded sealed prices cannot ended",
    ("half", "busy"): "unsealed assessing sifting marking moderating piloting evaluating standstill extend",
    ("diamond", "busy"): "assessed ranked decided inconclusive attention challenged to_confirm suspended",
    ("tick", "good"): "awarded contracted approved admitted selected met scale done clean pass extended",
    ("cross", "bad"): "cancelled withdrawn left dropped disregarded not_selected not_met stop no_award refused fail",
}
_LOOK_OF = {state: look for look, states in _LOOKS.items() for state in states.split()}


def look(state: str) -> tuple[str, str]:
    """The shape and the tone of a stored or computed state; an unknown one is dashed and quiet."""
    return _LOOK_OF.get(state, ("dashed", "quiet"))


def figure(number: Decimal | Fraction | int | float | None) -> str:
    """A number without needless zeros, thousands apart: `1,284`, `0.5`; nothing for None."""
    if number is None:
        return ""
    value = f"{as_decimal(number):,f}"
    return value.rstrip("0").rstrip(".") if "." in value else value


def when(instant: datetime) -> str:
    """An aware instant as London reads it, with the zone's name: `Friday 12 June 2026, 12:00 noon BST`."""
    local = instant.astimezone(LONDON)
    noon = " noon" if (local.hour, local.minute) == (12, 0) else ""
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M}{noon} {local.tzname()}"


def by(instant: datetime) -> str:
    """A deadline as people say it: `the end of Thursday 11 June 2026` for midnight in London, else as `when` has it."""
    local = instant.astimezone(LONDON)
    if (local.hour, local.minute) != (0, 0):
        return when(instant)
    last = local.date() - timedelta(days=1)
    return f"the end of {last:%A} {last.day} {last:%B %Y}"


def day(moment: date | datetime) -> str:
    """A date, or an aware instant's date in London: `12 June 2026`."""
    local = moment.astimezone(LONDON) if isinstance(moment, datetime) else moment
    return f"{local.day} {local:%B %Y}"


def time_left(until: datetime, now: datetime) -> str:
    """What remains until an instant, rounded down, as `3 days left`; `closed` from the instant itself on."""
    left = until - now
    if left <= timedelta(0):
        return "closed"
    if left < timedelta(minutes=1):
        return "less than a minute left"
    for size, word in ((timedelta(days=1), "day"), (timedelta(hours=1), "hour"), (timedelta(minutes=1), "minute")):
        if count := left // size:
            return f"{count} {word}{'' if count == 1 else 's'} left"
    raise AssertionError("a minute or more is at least one minute")
