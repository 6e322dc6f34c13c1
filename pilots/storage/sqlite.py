"""Readings on SQLite, at smaller scale: the same functions, one statement executed for many rows."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from itertools import repeat
from typing import Any

import numpy as np
from django.db import IntegrityError, connection

from audit import clock
from pilots.models import Source
from pilots.storage.batches import HOUR, Batch, Floats, Ints, Mask, Statement, instant_of
from pilots.storage.marks import packed

_INSERT = (
    "INSERT INTO pilots_reading (device_id, metric_id, taken_at, value, source, received_at, version) "
    "VALUES (?, {metric}, ?, ?, '{source}', '{received_at}', 1)"
)
# Many keys come as one JSON text: a statement of its own for each costs twice as much.
_KNOWN = (
    "SELECT kept.value FROM json_each(?) AS sent LEFT JOIN pilots_reading AS kept "
    "ON kept.device_id = json_extract(sent.value, '$[0]') AND kept.metric_id = json_extract(sent.value, '$[1]') "
    "AND kept.taken_at = json_extract(sent.value, '$[2]') ORDER BY sent.key"
)
_HOLD = "SELECT {columns} FROM pilots_pilot WHERE id = ?"
_NOW = (
    "SELECT {now}, token.id, token.revoked_at FROM (SELECT 1) "
    "LEFT JOIN pilots_readingtoken AS token ON token.id = ? AND token.pilot_id = ?"
)
_MARK = "INSERT INTO pilots_pendingrollup (metric_id, buckets) VALUES (?, ?)"
# Sums are made in the order of time: the order of adding floats must not depend on the order of arrival.
_HOURS = (
    "INSERT INTO pilots_hourlyrollup (metric_id, device_id, hour, total, number, lowest, highest) "
    "SELECT metric_id, device_id, %s, sum(value), count(*), min(value), max(value) FROM (SELECT * FROM pilots_reading "
    "WHERE device_id = %s AND metric_id = %s AND taken_at >= %s AND taken_at < %s ORDER BY taken_at) "
    "GROUP BY metric_id, device_id ON CONFLICT (metric_id, device_id, hour) DO UPDATE SET total = excluded.total, "
    "number = excluded.number, lowest = excluded.lowest, highest = excluded.highest"
)
_DAYS = (
    "INSERT INTO pilots_dailyrollup (metric_id, device_id, day, total, number, lowest, highest) "
    "SELECT metric_id, device_id, %s, sum(total), sum(number), min(lowest), max(highest) FROM (SELECT * FROM "
    "pilots_hourlyrollup WHERE device_id = %s AND metric_id = %s AND hour >= %s AND hour < %s ORDER BY hour) "
    "GROUP BY metric_id, device_id ON CONFLICT (metric_id, device_id, day) DO UPDATE SET total = excluded.total, "
    "number = excluded.number, lowest = excluded.lowest, highest = excluded.highest"
)


def hold(columns: str, pilot: int, token: int) -> tuple[Sequence[Any], Sequence[Any]]:
    """A pilot's columns, then the time and what is kept of a token; nobody else writes before the transaction ends."""
    row = _fetch(_HOLD.format(columns=columns), [pilot])
    now = _fetch(_NOW.format(now=clock.expression().replace("%%", "%")), [token, pilot])
    return row[0] if row else (), now[0]


def insert(batch: Batch, source: str, at: datetime, told: Statement | None = None) -> tuple[Mask, bool]:
    """Add the rows whose key is not there, mark their hours; which ones were. `batch` is ordered, without repeats.

    Most batches are new as a whole, so a plain INSERT is tried, row by row. The first clash ends it; rows before it are
    in, and of the others it is asked which are there. Nobody else writes before this transaction ends.
    Only where all of it was new, `told` is executed too; the second answer is whether it was.
    """
    if not len(batch):
        return np.zeros(0, dtype=bool), False
    number = _add(batch, source, at)
    fresh = np.arange(len(batch)) < number
    if number < len(batch):
        fresh[number:] = np.isnan(known(batch.where(~fresh)))
        late = batch.where(fresh & (np.arange(len(batch)) >= number))
        if _add(late, source, at) < len(late):
            raise IntegrityError("Readings that were not there came in between.")
    mark(batch.where(fresh).buckets())
    if told is None or number < len(batch):
        return fresh, False
    _execute_for_each(told[0].replace("%s", "?"), [tuple(told[1])])
    return fresh, True


def _add(batch: Batch, source: str, at: datetime) -> int:
    """Add rows until one is there already; how many were added.

    What is the same in every row stands in the statement: a value that is bound costs in each of them.
    """
    if not len(batch):
        return 0
    is_one = bool(batch.metrics.min() == batch.metrics.max())
    metric = batch.metrics[0] if is_one else "?"
    statement = _INSERT.format(metric=metric, source=Source(source).value, received_at=_text(at))
    columns = [batch.devices.tolist(), _texts(batch.moments), batch.values.tolist()]
    rows = zip(*columns[:1], *([] if is_one else [batch.metrics.tolist()]), *columns[1:], strict=True)
    connection.ensure_connection()
    before = connection.connection.total_changes
    with connection.wrap_database_errors, suppress(sqlite3.IntegrityError):
        connection.connection.executemany(statement, rows)
    return int(connection.connection.total_changes - before)


def mark(buckets: dict[int, Ints]) -> None:
    """Have hours summed again, by metric: pairs of device and hour."""
    _execute_for_each(_MARK, ((metric, packed(pairs)) for metric, pairs in buckets.items()))


def _execute_for_each(statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    connection.ensure_connection()
    with connection.wrap_database_errors:
        connection.connection.executemany(statement, rows)


def known(batch: Batch) -> Floats:
    """The values that are kept for these keys, NaN where there is none."""
    keys = list(zip(batch.devices.tolist(), batch.metrics.tolist(), _texts(batch.moments), strict=True))
    return np.array([np.nan if value is None else value for (value,) in _ask(_KNOWN, keys)], dtype=np.float64)


def _ask(statement: str, keys: list[Any]) -> list[tuple[Any, ...]]:
    return _fetch(statement, [json.dumps(keys)])


def _fetch(statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
    """The driver's own way: Django's reads a statement anew each time."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        found: list[tuple[Any, ...]] = connection.connection.execute(statement, values).fetchall()
    return found


def is_alone(wait: bool) -> bool:
    """Every writing transaction on SQLite is alone."""
    return True


def sum_hours(metric: int, devices: Ints, hours: Ints, month: tuple[datetime, datetime]) -> None:
    """Make the sums of these hours (since 1970) again."""
    starts, ends = _texts(hours * HOUR), _texts((hours + 1) * HOUR)
    _for_each(_HOURS, zip(starts, devices.tolist(), repeat(metric), starts, ends, strict=False))


def sum_days(metric: int, devices: Ints, days: list[date], spans: list[tuple[datetime, datetime]]) -> None:
    """Make the sums of these days again from their hours; `spans` are their first instants and the next day's."""
    _for_each(_DAYS, _day_rows(metric, devices, days, spans))


def _day_rows(metric: int, devices: Ints, days: list[date], spans: list[tuple[datetime, datetime]]) -> Iterator[Any]:
    for device, day, (first, last) in zip(devices.tolist(), days, spans, strict=True):
        yield day.isoformat(), device, metric, _text(first), _text(last)


def _for_each(statement: str, rows: Any) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)


def _texts(moments: Ints) -> list[str]:
    """Instants as Django writes them; each distinct one is written once."""
    different, places = np.unique(moments, return_inverse=True)
    texts = [_text(instant_of(moment)) for moment in different.tolist()]
    return [texts[place] for place in places.tolist()]


def _text(at: datetime) -> str:
    return str(at.astimezone(UTC).replace(tzinfo=None))
