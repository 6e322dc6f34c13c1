"""When a clause is looked at next. Pure.

The rule after a downtime: what waited is done once, and the next look is the first point of the grid after now. Looks
that were missed are not made up for, and never invented afterwards.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
# Probes come every five minutes; what they add up to is judged once a day.
_GRID = {"hourly": HOUR, "daily": DAY, "5 min": DAY, "daily after end": DAY, "weekly": WEEK, "monthly": 4 * WEEK}
PROBE_EVERY = timedelta(minutes=5)
AT_THE_MIDDLE_AND_END = "once mid-pilot, once at end"


def cadence(schedules: Iterable[str]) -> timedelta:
    """How often a clause is looked at: as often as its most frequent step; what says nothing of the kind, weekly."""
    return min((_GRID.get(each, WEEK) for each in schedules), default=WEEK)


def next_look(
    schedules: Iterable[str], anchor: datetime, after: datetime, period: tuple[date, date] | None
) -> datetime:
    """The first point of the clause's grid after `after`; the grid begins at `anchor`; drills have their own."""
    listed = list(schedules)
    if listed and period and all(each == AT_THE_MIDDLE_AND_END for each in listed):
        drills = [point for point in _drills(period) if point > after]
        if drills:
            return drills[0]
    step = cadence(listed)
    return anchor + ((after - anchor) // step + 1) * step


def _drills(period: tuple[date, date]) -> tuple[datetime, datetime]:
    starts, ends = period
    middle = starts + (ends - starts) // 2
    return datetime.combine(middle, time(9), UTC), datetime.combine(ends, time(9), UTC)
