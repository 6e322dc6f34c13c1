"""Working days of the United Kingdom, and the windows a call must leave. Pure: no Django, no network, no clock.

A working day is one on which nobody in the United Kingdom has a public holiday: not a Saturday or Sunday, not Christmas
Day or Good Friday, not a bank holiday in England and Wales, Scotland or Northern Ireland (T4). The days come from the
table that the package govuk-bank-holidays carries; beyond its last full year every answer is a TimetableError, because
a guessed standstill is worse than none.

Dates are days in the United Kingdom (Europe/London); instants are aware and compared as UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, Literal
from zoneinfo import ZoneInfo

from govuk_bank_holidays.bank_holidays import BankHolidays

LONDON: Final = ZoneInfo("Europe/London")
ONE_DAY: Final = timedelta(days=1)
INSTANT: Final = timedelta(microseconds=1)
SATURDAY: Final = 5
STANDSTILL_DAYS: Final = 8

Route = Literal["A", "B", "C"]


class TimetableError(ValueError):
    """A day or instant that cannot be reckoned with; the message is the sentence a person reads."""


@dataclass(frozen=True)
class Window:
    """The days a route must leave: from publication to close, and from a material amendment to close."""

    minimum_days: int
    minimum_days_below_threshold: int
    amendment_days: int

    def days(self, *, is_above_threshold: bool) -> int:
        """The minimum from publication to close, in calendar days after the day of publication."""
        return self.minimum_days if is_above_threshold else self.minimum_days_below_threshold


WINDOWS: Final[Mapping[Route, Window]] = {
    # One competitive flexible procedure: 25 days is the Act's tendering period with electronic submission and every
    # document published with the notice. Below threshold the Act sets no number; 15 days is our own floor, under the
    # three weeks of the shortest calls we know and long enough for a small firm's fortnight.
    "A": Window(minimum_days=25, minimum_days_below_threshold=15, amendment_days=10),
    # A prototype is awarded directly, so no tendering period binds, and the later competition brings its own; the same
    # floor applies at any value, because suppliers answer the same kind of call.
    "B": Window(minimum_days=15, minimum_days_below_threshold=15, amendment_days=5),
    # A competed pilot whose notice announces the later direct award: the competition is an ordinary one.
    "C": Window(minimum_days=25, minimum_days_below_threshold=15, amendment_days=10),
}
"""Days per procedure route. The amendment days are our own: the Act asks for a revision "as appropriate" (C2)."""


@dataclass(frozen=True)
class Dates:
    """The four instants of a call, aware and kept in UTC. Raises TimetableError for one without a time zone."""

    published_at: datetime
    questions_close_at: datetime
    answers_due_at: datetime
    closes_at: datetime

    def __post_init__(self) -> None:
        for field in fields(self):
            # Two times in one zone are compared by the clock on the wall, which shows some hours twice; UTC does not.
            object.__setattr__(self, field.name, _as_utc(getattr(self, field.name)))


def is_working_day(day: date) -> bool:
    """Whether nobody in the United Kingdom has this day off. Raises TimetableError beyond the table."""
    table = _table()
    if not table.first <= day <= table.last:
        raise TimetableError(
            f"Bank holidays are known from {in_words(table.first)} to {in_words(table.last)}, so {in_words(day)} "
            "cannot be counted. Update the holiday table or choose another date."
        )
    return day.weekday() < SATURDAY and day not in table.holidays


def add_working_days(start: date, days: int, *, counting_start: bool) -> date:
    """The day on which the given number of working days (one or more) is full.

    With ``counting_start`` the start itself is day one if it is a working day; otherwise counting begins the day after.
    Raises TimetableError for fewer than one day, or when the count runs beyond the table.
    """
    if days < 1:
        raise TimetableError(f"{days} working days cannot be counted: one is the least.")
    day = start if counting_start else start + ONE_DAY
    remaining = days - is_working_day(day)
    while remaining:
        day += ONE_DAY
        remaining -= is_working_day(day)
    return day


def standstill_ends_on(published_on: date, days: int = STANDSTILL_DAYS) -> date:
    """The last day of a standstill, counted from the day of publication itself (D4). A contract may follow it.

    Published on 8 July 2026 it ends on 20 July 2026: 13 July is a holiday in Northern Ireland. Fewer than eight days
    are refused with a TimetableError.
    """
    if days < STANDSTILL_DAYS:
        raise TimetableError(f"A standstill is at least {STANDSTILL_DAYS} working days, not {days}.")
    return add_working_days(published_on, days, counting_start=True)


def last_known_day() -> date:
    """The last day of which it is known whether it is a working day."""
    return _table().last


def day_of(instant: datetime) -> date:
    """The day in the United Kingdom on which an instant falls."""
    return _as_utc(instant).astimezone(LONDON).date()


def first_instant(day: date) -> datetime:
    """The instant at which a day begins in the United Kingdom."""
    return datetime.combine(day, time.min, LONDON)


def earliest_close_on(published_at: datetime, *, route: Route, is_above_threshold: bool = True) -> date:
    """The first day on which a call published at this instant may close. The day of publication does not count."""
    return day_of(published_at) + timedelta(days=WINDOWS[route].days(is_above_threshold=is_above_threshold))


def earliest_close_after_amendment(amended_at: datetime, closes_at: datetime, *, route: Route) -> datetime:
    """When a call may close after a material amendment (C2): as planned, or the route's days later if that is later.

    A moved deadline keeps its time of day in the United Kingdom, also across a change of the clocks.
    """
    needed = day_of(amended_at) + timedelta(days=WINDOWS[route].amendment_days)
    if _closing_day(closes_at) >= needed:
        return closes_at
    clock = closes_at.astimezone(LONDON).time()
    day = needed if clock > time.min else needed + ONE_DAY
    return datetime.combine(day, clock, LONDON).astimezone(UTC)


def days_later(instant: datetime, days: int) -> datetime:
    """The same time of day in the United Kingdom, whole days later, also across a change of the clocks."""
    here = _as_utc(instant).astimezone(LONDON)
    return datetime.combine(here.date() + timedelta(days=days), here.time(), LONDON).astimezone(UTC)


def problems_with(dates: Dates, *, route: Route, at: datetime, is_above_threshold: bool = True) -> list[str]:
    """Everything wrong with the dates of a call about to be published at the instant ``at``: order, window, past.

    An empty list means that they hold (T4, T5).
    """
    return [*_problems_with_order(dates), *_problems_with_window(dates, at, route, is_above_threshold)]


def _problems_with_order(dates: Dates) -> list[str]:
    problems = []
    if dates.questions_close_at < dates.published_at:
        problems.append("Questions close before the challenge is published.")
    if dates.answers_due_at < dates.questions_close_at:
        problems.append("Answers are due before questions close.")
    if dates.closes_at <= dates.answers_due_at:
        problems.append("The call must close after answers are due.")
    return problems


def _problems_with_window(dates: Dates, at: datetime, route: Route, is_above_threshold: bool) -> list[str]:
    if dates.closes_at <= _as_utc(at):
        return ["The closing time has already passed."]
    if _closing_day(dates.closes_at) > last_known_day():
        return [f"The call closes after {in_words(last_known_day())}: bank holidays are not known beyond that day."]
    # Publishing late eats into the window: what counts is when the public can read it.
    opened_at = max(dates.published_at, _as_utc(at))
    earliest = earliest_close_on(opened_at, route=route, is_above_threshold=is_above_threshold)
    if _closing_day(dates.closes_at) >= earliest:
        return []
    days = WINDOWS[route].days(is_above_threshold=is_above_threshold)
    problem = (
        f"Route {route} leaves suppliers at least {days} days after the day of publication "
        f"({in_words(day_of(opened_at))}): the call may close on {in_words(earliest)} at the earliest, "
        f"and closes on {in_words(_closing_day(dates.closes_at))}."
    )
    return [problem]


def _closing_day(closes_at: datetime) -> date:
    # At closes_at a submission is refused (T2), so a deadline at midnight ends the day before.
    return day_of(_as_utc(closes_at) - INSTANT)


def _as_utc(instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        raise TimetableError(f"The time {instant:%Y-%m-%d %H:%M} has no time zone.")
    return instant.astimezone(UTC)


def in_words(day: date) -> str:
    """A day as pages write it: 12 June 2026."""
    return f"{day.day} {day:%B %Y}"


@dataclass(frozen=True)
class _Table:
    first: date
    last: date
    holidays: frozenset[date]


@lru_cache(maxsize=1)
def _table() -> _Table:
    nations = BankHolidays(use_cached_holidays=True).data.values()
    days = [[holiday["date"] for holiday in nation] for nation in nations]
    first_year = max(min(nation).year for nation in days)
    last_year = min(max(nation).year for nation in days)
    # Christmas Day and Good Friday are in it whenever they do not fall on a weekend anyway.
    holidays = frozenset(day for nation in days for day in nation)
    return _Table(date(first_year, 1, 1), date(last_year, 12, 31), holidays)
