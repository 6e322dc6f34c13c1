"""Readings on PostgreSQL: binary arrays in, one statement for a batch. A raw cursor: Django's binds on the client."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from weakref import WeakSet

import numpy as np
import psycopg
from django.db import connection
from psycopg.adapt import Dumper
from psycopg.pq import Format

from audit import clock
from pilots.storage.batches import HOUR, Batch, Floats, Ints, Mask, Statement, instant_of
from pilots.storage.marks import packed
from pilots.storage.together import ask, row

# Microseconds between 1970 and 2000, from where PostgreSQL counts.
_SHIFT = 946_684_800_000_000
_SAVEPOINT: Statement = ("SAVEPOINT before_readings", ())
_BACK: Statement = ("ROLLBACK TO SAVEPOINT before_readings", ())
ALONE = 0x70696C6F74  # the advisory lock of the one who makes sums

_INSERT = (
    "INSERT INTO pilots_reading (device_id, metric_id, taken_at, value, source, received_at, version) "
    "SELECT device, metric, taken_at, value, %s::varchar, %s::timestamptz, 1 "
    "FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[], %s::float8[]) AS sent(device, metric, taken_at, value)"
)
_UNLESS_THERE = (
    " ON CONFLICT (device_id, metric_id, taken_at) DO NOTHING "
    "RETURNING device_id, metric_id, (extract(epoch FROM taken_at) * 1000000)::bigint"
)
_UNLESS_SENT = (
    " WHERE NOT EXISTS (SELECT FROM pilots_reading WHERE device_id = %s AND metric_id = %s AND taken_at = %s) "
    "AND NOT EXISTS (SELECT FROM pilots_reading WHERE device_id = %s AND metric_id = %s AND taken_at = %s)"
)
_HOLD = "SELECT {columns} FROM pilots_pilot WHERE id = %s FOR SHARE"
_NOW = (
    "SELECT {now}, token.id, token.revoked_at FROM (SELECT) AS always "
    "LEFT JOIN pilots_readingtoken AS token ON token.id = %s AND token.pilot_id = %s"
)
_MARK = "INSERT INTO pilots_pendingrollup (metric_id, buckets) VALUES (%s, %s)"
# The bounds let the planner leave out the other months; the lateral one-row lookup keeps it on the key.
_KNOWN = (
    "SELECT kept.value FROM unnest(%s, %s, %s) WITH ORDINALITY AS sent(device, metric, taken_at, place) "
    "LEFT JOIN LATERAL (SELECT value FROM pilots_reading WHERE device_id = sent.device AND metric_id = sent.metric "
    "AND taken_at = sent.taken_at AND taken_at BETWEEN %s AND %s LIMIT 1) AS kept ON true ORDER BY place"
)
# Sums are made in the order of time: the order of adding floats must not depend on the order of arrival.
_HOURS = (
    "INSERT INTO pilots_hourlyrollup AS there (metric_id, device_id, hour, total, number, lowest, highest) "
    "SELECT %(metric)s, marked.device, marked.hour, found.total, found.number, found.lowest, found.highest "
    "FROM unnest(%(devices)s, %(hours)s) AS marked(device, hour) CROSS JOIN LATERAL ("
    "SELECT sum(value ORDER BY taken_at) AS total, count(*) AS number, min(value) AS lowest, max(value) AS highest "
    "FROM pilots_reading WHERE device_id = marked.device AND metric_id = %(metric)s AND taken_at >= marked.hour "
    "AND taken_at < marked.hour + interval '1 hour' AND taken_at >= %(first)s AND taken_at < %(last)s"
    ") AS found WHERE found.number > 0 "
    "ON CONFLICT (metric_id, device_id, hour) DO UPDATE SET total = excluded.total, number = excluded.number, "
    "lowest = excluded.lowest, highest = excluded.highest"
)
_DAYS = (
    "INSERT INTO pilots_dailyrollup AS there (metric_id, device_id, day, total, number, lowest, highest) "
    "SELECT %(metric)s, marked.device, marked.day, found.total, found.number, found.lowest, found.highest "
    "FROM unnest(%(devices)s, %(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]) "
    "AS marked(device, day, first, last) CROSS JOIN LATERAL ("
    "SELECT sum(total ORDER BY hour) AS total, sum(number) AS number, min(lowest) AS lowest, max(highest) AS highest "
    "FROM pilots_hourlyrollup WHERE metric_id = %(metric)s AND device_id = marked.device AND hour >= marked.first "
    "AND hour < marked.last) AS found WHERE found.number > 0 "
    "ON CONFLICT (metric_id, device_id, day) DO UPDATE SET total = excluded.total, number = excluded.number, "
    "lowest = excluded.lowest, highest = excluded.highest"
)


class _Bytes:
    """A PostgreSQL array in its binary form."""

    def __init__(self, column: Ints | Floats, element: int, code: str) -> None:
        parts = np.empty(len(column), dtype=[("length", ">i4"), ("value", code)])
        parts["length"], parts["value"] = 8, column
        head = np.array([1 if len(column) else 0, 0, element, len(column), 1][: 5 if len(column) else 3], dtype=">i4")
        self.data = head.tobytes() + parts.tobytes()


class _Ids(_Bytes):
    def __init__(self, column: Ints) -> None:
        super().__init__(column, 20, ">i8")


class _Values(_Bytes):
    def __init__(self, column: Floats) -> None:
        super().__init__(column, 701, ">f8")


class _Instants(_Bytes):
    def __init__(self, moments: Ints) -> None:
        super().__init__(moments - _SHIFT, 1184, ">i8")


def _dumper(array: int) -> type[Dumper]:
    class ArrayDumper(Dumper):
        format, oid = Format.BINARY, array

        def dump(self, obj: Any) -> bytes:
            return bytes(obj.data)

    return ArrayDumper


_DUMPERS = {_Ids: _dumper(1016), _Values: _dumper(1022), _Instants: _dumper(1185)}


_READY: WeakSet[psycopg.Connection[Any]] = WeakSet()  # connections that take the arrays above


@contextmanager
def raw_cursor() -> Iterator[psycopg.Cursor[Any]]:
    """A cursor that binds on the server and takes the arrays above; inside Django's transaction, with its errors."""
    with _driver() as driver, psycopg.Cursor(_ready(driver)) as cursor:
        yield cursor


@contextmanager
def _driver() -> Iterator[psycopg.Connection[Any]]:
    """psycopg's connection, with Django's errors."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        yield connection.connection


def _ready(driver: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    if driver not in _READY:
        for array, dumper in _DUMPERS.items():
            driver.adapters.register_dumper(array, dumper)
        driver.prepare_threshold = sys.maxsize  # only statements that ask for it are prepared
        _READY.add(driver)
    return driver


def hold(columns: str, pilot: int, token: int) -> tuple[Sequence[Any], Sequence[Any]]:
    """Share the lock on a pilot's row; its columns, then the time and what is kept of a token. One way there and back.

    Time and token are asked for by a statement of their own: what the lock waits for, it has to see.
    """
    with _driver() as driver:
        asked = ask(
            driver, (_HOLD.format(columns=columns), [pilot]), (_NOW.format(now=clock.expression()), [token, pilot])
        )
        return row(driver, asked[0]), row(driver, asked[1])


def insert(batch: Batch, source: str, at: datetime, told: Statement | None = None) -> tuple[Mask, bool]:
    """Add the rows whose key is not there, mark their hours; which ones were. `batch` is ordered, without repeats.

    Most batches are new as a whole: then a plain INSERT does, which is a third cheaper than one that looks for
    conflicts. The first and last key tell mostly whether it was sent before; a clash is found out and taken back.
    Only where all of it was new, `told` is executed too; the second answer is whether it was.
    """
    if not len(batch):
        return np.zeros(0, dtype=bool), False
    arrays = [_Ids(batch.devices), _Ids(batch.metrics), _Instants(batch.moments), _Values(batch.values)]
    if _all_new(batch, [source, at, *(each.data for each in arrays)], told):
        return np.ones(len(batch), dtype=bool), told is not None
    with raw_cursor() as cursor:
        cursor.execute(_INSERT + _UNLESS_THERE, [source, at, *arrays])
        added = set(cursor.fetchall())
    fresh = np.array([key in added for key in batch.all_keys()], dtype=np.bool_)
    mark(batch.where(fresh).buckets())
    return fresh, False


def _all_new(batch: Batch, columns: list[Any], told: Statement | None) -> bool:
    """Whether all of it was new, and then it is in; else nothing is. One way to the server and back, mostly."""
    keys = [value for place in (0, -1) for value in _key(batch, place)]
    others = [*_marks(batch.buckets()), *([told] if told else [])]
    with _driver() as driver:
        try:
            *_, added = ask(driver, _SAVEPOINT, *others, (_INSERT + _UNLESS_SENT, [*columns, *keys]))
            if added.command_tuples == len(batch):
                return True
        except psycopg.errors.UniqueViolation:
            pass
        ask(driver, _BACK)
    return False


def _key(batch: Batch, place: int) -> tuple[int, int, datetime]:
    return int(batch.devices[place]), int(batch.metrics[place]), instant_of(int(batch.moments[place]))


def mark(buckets: dict[int, Ints]) -> None:
    """Have hours summed again, by metric: pairs of device and hour."""
    with _driver() as driver:
        ask(driver, *_marks(buckets))


def _marks(buckets: dict[int, Ints]) -> list[Statement]:
    return [(_MARK, [metric, packed(pairs)]) for metric, pairs in buckets.items()]


def known(batch: Batch) -> Floats:
    """The values that are kept for these keys, NaN where there is none."""
    if not len(batch):
        return np.zeros(0)
    keys = [_Ids(batch.devices), _Ids(batch.metrics), _Instants(batch.moments)]
    bounds = [instant_of(int(batch.moments.min())), instant_of(int(batch.moments.max()))]
    with raw_cursor() as cursor:
        found = cursor.execute(_KNOWN, [*keys, *bounds], prepare=False).fetchall()
    return np.array([np.nan if value is None else value for (value,) in found])


def is_alone(wait: bool) -> bool:
    """Whether this transaction may make sums: one at a time, so that an older sum never overwrites a newer one."""
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ALONE])
            return True
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ALONE])
        return bool(cursor.fetchone()[0])


def sum_hours(metric: int, devices: Ints, hours: Ints, month: tuple[datetime, datetime]) -> None:
    """Make the sums of these hours (since 1970) again, all of one month, which is given by its bounds."""
    starts = _Instants(hours * HOUR)
    with raw_cursor() as cursor:
        cursor.execute(
            _HOURS,
            {"devices": _Ids(devices), "hours": starts, "metric": metric, "first": month[0], "last": month[1]},
            prepare=False,
        )


def sum_days(metric: int, devices: Ints, days: list[date], spans: list[tuple[datetime, datetime]]) -> None:
    """Make the sums of these days again from their hours; `spans` are their first instants and the next day's."""
    with raw_cursor() as cursor:
        given = {"devices": _Ids(devices), "days": days, "metric": metric}
        starts, ends = [first for first, _ in spans], [last for _, last in spans]
        cursor.execute(_DAYS, {**given, "starts": starts, "ends": ends}, prepare=False)
