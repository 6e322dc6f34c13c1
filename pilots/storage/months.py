"""Months of readings (UTC): on PostgreSQL each has a partition, made before its first reading."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from django.db import OperationalError, connection, transaction

_LOCK = 0x6D6F6E7468  # the advisory lock of the one who makes months
SHORTLY = 300  # milliseconds, less than what PostgreSQL waits before it looks for a deadlock
_MONTHS = (
    "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'pilots_reading'::regclass "
    "AND inhrelid::regclass::text <> 'pilots_reading_default' ORDER BY 1"
)
_IS_THERE = "SELECT to_regclass(%s) IS NOT NULL"
_MOVE = (
    "WITH moved AS (DELETE FROM pilots_reading_default WHERE taken_at >= %s AND taken_at < %s RETURNING *) "
    "INSERT INTO {name} SELECT * FROM moved"
)


def month_of(at: datetime) -> date:
    """The first day of an instant's month (UTC)."""
    return at.astimezone(UTC).date().replace(day=1)


def months_between(first: date, last: date) -> Iterator[date]:
    """First days of the months from one day to another, both included."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = following(month)


def following(month: date) -> date:
    """The first day of the next month."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def first_instant(day: date) -> datetime:
    """The first instant of a day (UTC)."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def bounds(month: date) -> tuple[datetime, datetime]:
    """First instants (UTC) of a month and of the next."""
    return first_instant(month.replace(day=1)), first_instant(following(month))


def partition(month: date) -> str:
    """The table of a month, on PostgreSQL."""
    return f"pilots_reading_{month:%Y_%m}"


@transaction.atomic
def ensure_months(first: date, last: date) -> None:
    """Make the partitions for readings from one day to another; what already stands outside them is moved in."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        for month in months_between(first, last):
            cursor.execute(_IS_THERE, [partition(month)])
            if not cursor.fetchone()[0]:
                _make(cursor, month)


def _make(cursor: object, month: date) -> None:
    """Attached, not created in place: that way readings of other months are taken in meanwhile."""
    name, (start, end) = partition(month), bounds(month)
    execute = cursor.execute  # type: ignore[attr-defined]
    execute(f"CREATE TABLE {name} (LIKE pilots_reading INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)")
    execute(_MOVE.format(name=name), [start, end])
    execute(f"ALTER TABLE pilots_reading ATTACH PARTITION {name} FOR VALUES FROM (%s) TO (%s)", [start, end])


def let_go(before: date) -> int:
    """Drop the partitions of months before a day that hold nothing any more; how many. Each in its own transaction.

    To drop one, all of the table is locked for a moment. Where that does not come at once, because readings are being
    taken in, it is left to the next time: readings never wait longer than that for it.
    """
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS)
        names = [name for (name,) in cursor.fetchall()]
    return sum(_drop_if_empty(name) for name in names if name < partition(before))


def _drop_if_empty(name: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = {SHORTLY}")
            cursor.execute(f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE")  # nothing comes in between look and drop
            cursor.execute(f"SELECT EXISTS (SELECT FROM {name})")  # noqa: S608 - a name that the database told
            if is_empty := not cursor.fetchone()[0]:
                cursor.execute(f"DROP TABLE {name}")
    except OperationalError:
        return False
    return is_empty
