"""The time. Everything that asks for it asks here, and the answer is the database's, not this machine's."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F

from audit.models import ClockOffset

_NOW = {
    "sqlite": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')",
    "postgresql": "to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
}


class ClockRefusedError(Exception):
    """The clock was asked to do what it does not do."""


def now() -> datetime:
    """The current instant (UTC, aware): the database's clock plus, in development only, the stored offset."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {expression()}", [])
        return told(cursor.fetchone()[0])


def expression() -> str:
    """The same as a column, for a statement (with parameters) that asks for more than the time; `told` reads it."""
    return _NOW[connection.vendor]


def told(column: str) -> datetime:
    """The instant that a column of `expression` holds."""
    read = datetime.fromisoformat(column).replace(tzinfo=UTC)
    return read + offset() if settings.CLOCK_MAY_MOVE else read


def offset() -> timedelta:
    """The stored offset; zero when none is stored."""
    return timedelta(seconds=ClockOffset.objects.values_list("seconds", flat=True).first() or 0)


def start_at(instant: datetime) -> None:
    """Set a new installation's clock to `instant`; refused once the clock was ever set."""
    _refuse_unless_allowed()
    if ClockOffset.objects.exists():
        raise ClockRefusedError("The clock of this data folder was already set; it only moves forward.")
    ClockOffset.objects.create(seconds=(instant - now()).total_seconds())


def move_to(instant: datetime) -> None:
    """Move the clock forward to `instant` (UTC, aware); a move backwards raises ClockRefusedError."""
    _refuse_unless_allowed()
    step = (instant - now()).total_seconds()
    if step < 0:
        raise ClockRefusedError(f"The clock only moves forward; it already shows {now():%d %B %Y, %H:%M} UTC.")
    if not ClockOffset.objects.update(seconds=F("seconds") + step):
        ClockOffset.objects.create(seconds=step)


def _refuse_unless_allowed() -> None:
    if not settings.CLOCK_MAY_MOVE:
        raise ClockRefusedError("The clock moves only in development, with CLOCK_MAY_MOVE and DEBUG on.")
