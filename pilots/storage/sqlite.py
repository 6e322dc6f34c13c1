"""Readings on SQLite, at smaller scale: the same functions, one statement executed for many rows."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import repeat
from typing import Any

import numpy as np
from django.db import connection

from pilots.storage.batches import HOUR, Batch, Floats, Ints, Mask, instant_of

_INSERT = (
    "INSERT INTO pilots_reading (device_id, metric_id, taken_at, value, source, received_at, version) "
    "VALUES (%s, %s, %s, %s, %s, %s, 1)"
)
_BETWEEN = "SELECT 1 FROM pilots_reading WHERE device_id = ? AND metric_id = ? AND taken_at BETWEEN ? AND ? LIMIT 1"
_KNOWN = "SELECT value FROM pilots_reading WHERE device_id = %s AND metric_id = %s AND taken_at = %s"
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


def insert(batch: Batch, source: str, at: datetime) -> Mask:
    """Add the rows whose key is not there; which ones were. `batch` is ordered and has no key twice.

    Most batches are new as a whole. That is asked beforehand, device by device: a savepoint to fall back to would copy
    every page that is changed. Nobody else writes before this transaction ends.
    """
    if not len(batch):
        return np.zeros(0, dtype=bool)
    fresh = np.ones(len(batch), dtype=np.bool_) if _is_new(batch) else np.isnan(known(batch))
    _write(batch if fresh.all() else batch.where(fresh), source, at)
    return fresh


def _is_new(batch: Batch) -> bool:
    """Whether no device has a reading of its metric between the first and the last one of the batch."""
    begins = np.flatnonzero(np.diff(batch.devices, prepend=-1) | np.diff(batch.metrics, prepend=-1))
    ends = np.append(begins[1:], len(batch)) - 1
    keys = batch.devices[begins].tolist(), batch.metrics[begins].tolist()
    connection.ensure_connection()
    execute = connection.connection.execute  # the driver's own: this is asked for every device
    spans = zip(*keys, _texts(batch.moments[begins]), _texts(batch.moments[ends]), strict=True)
    return all(execute(_BETWEEN, span).fetchone() is None for span in spans)


def _write(batch: Batch, source: str, at: datetime) -> None:
    columns = batch.devices.tolist(), batch.metrics.tolist(), _texts(batch.moments), batch.values.tolist()
    _for_each(_INSERT, zip(*columns, repeat(source), repeat(_text(at)), strict=False))


def known(batch: Batch) -> Floats:
    """The values that are kept for these keys, NaN where there is none."""
    with connection.cursor() as cursor:
        keys = zip(batch.devices.tolist(), batch.metrics.tolist(), _texts(batch.moments), strict=True)
        found = (cursor.execute(_KNOWN, key).fetchone() for key in keys)
        return np.array([np.nan if row is None else row[0] for row in found], dtype=np.float64)


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
