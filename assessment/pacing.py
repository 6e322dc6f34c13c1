"""When somebody on a panel is reminded of what they owe: seldom, and on working days. Pure."""

from datetime import date, datetime, time, timedelta

from challenges.timetable import LONDON, TimetableError, is_working_day

HOUR = time(9, 0)
PACE = 3
"""Working days between two reminders, until the day before something is due."""
ONE_DAY = timedelta(days=1)


def next_round(at: datetime) -> datetime:
    """The next working morning after an instant, when reminders are thought about again."""
    here = at.astimezone(LONDON)
    day = here.date() if here.time() < HOUR else here.date() + ONE_DAY
    while not _works(day):
        day += ONE_DAY
    return datetime.combine(day, HOUR, LONDON)


def is_time(*, today: date, since: date, last: date | None, due_on: date | None) -> bool:
    """Whether to remind somebody today who owes something `since` a day and was `last` reminded on another.

    Every third working day; on the day before it is due, on that day, and then every working day. Never twice a day.
    """
    if last is not None and last >= today:
        return False
    if due_on is not None and today >= due_on - ONE_DAY:
        return True
    return working_days_between(max(since, last or since), today) >= PACE


def working_days_between(first: date, last: date) -> int:
    """How many working days lie after the first day, up to and with the last."""
    return sum(_works(first + n * ONE_DAY) for n in range(1, (last - first).days + 1))


def _works(day: date) -> bool:
    try:
        return is_working_day(day)
    except TimetableError:
        # Beyond the table of bank holidays a reminder on a holiday does no harm.
        return day.weekday() < 5
