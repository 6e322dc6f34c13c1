"""How a standstill is counted, day by day, for people to follow. Pure: dates in, dataclasses out."""

from dataclasses import dataclass
from datetime import date, timedelta

from challenges.timetable import is_working_day, standstill_ends_on

SATURDAY = 5


@dataclass(frozen=True)
class Day:
    """One day of a standstill: which working day it is (1 to 8), or None and why it does not count."""

    day: date
    number: int | None
    why: str = ""


def days_of(published_on: date) -> list[Day]:
    """Every day from the publication of the notice to the last of eight working days, both included (D4).

    Raises TimetableError where the table of bank holidays ends before the standstill does.
    """
    ends_on = standstill_ends_on(published_on)
    counted, days = 0, []
    for offset in range((ends_on - published_on).days + 1):
        day = published_on + timedelta(days=offset)
        works = is_working_day(day)
        counted += works
        days.append(Day(day, counted if works else None, "" if works else _why(day)))
    return days


def explanation(published_on: date) -> str:
    """One or two sentences that say why a standstill ends when it ends."""
    days = days_of(published_on)
    skipped = [f"{each.day:%A} {each.day.day} {each.day:%B}" for each in days if each.why == "bank holiday"]
    last = days[-1].day
    return (
        f"Eight working days, counted from {_words(published_on)} (the day of the notice included), end with "
        f"{_words(last)}.{_about_holidays(skipped)} The contract may be signed on the day after."
    )


def _about_holidays(skipped: list[str]) -> str:
    if not skipped:
        return ""
    verb = "is a bank holiday" if len(skipped) == 1 else "are bank holidays"
    count = "does" if len(skipped) == 1 else "do"
    return f" {' and '.join(skipped)} {verb} somewhere in the United Kingdom and {count} not count."


def _why(day: date) -> str:
    return "weekend" if day.weekday() >= SATURDAY else "bank holiday"


def _words(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"
