"""Readings on SQLite, at smaller scale: the same functions, one statement executed for many rows."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import repeat
from typing import Any

import numpy as np
from django.db import connection

from pilots.models import Source
from pilots.storage.batches import HOUR, Batch, Floats, Ints, Mask, instant_of

_INSERT = (
    "INSERT INTO pilots_reading (device_id, metric_id, taken_at, value, source, received_at, version) "
    "VALUES (?, ?, ?, ?, '{source}', '{received_at}', 1)"
)
# Many keys come as one JSON text: a statement of its own for each costs twice as much.
_BETWEEN = (
    "SELECT EXISTS (SELECT 1 FROM json_each(?) AS span CROSS JOIN pilots_reading AS kept "
    "WHERE kept.device_id = json_extract(span.value, '$[0]') AND kept.metric_id = json_extract(span.value, '$[1]') "
    "AND kept.taken_at BETWEEN json_extract(span.value, '$[2]') AND json_extract(span.value, '$[3]'))"
)
_KNOWN = (
    "SELECT kept.value FROM json_each(?) AS sent LEFT JOIN pilots_reading AS kept "
    "ON kept.device_id = json_extract(sent.value, '$[0]') AND kept.metric_id = json_extract(sent.value, '$[1]') "
    "AND kept.taken_at = json_extract(sent.value, '$[2]') ORDER BY sent.key"
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


def insert(batch: Batch, source: str, at: datetime) -> Mask:
    """Add the rows whose key is not there, mark their hours; which ones were. `batch` is ordered, without repeats.

    Most batches are new as a whole. That is asked beforehand, device by device: a savepoint to fall back to would copy
    every page that is changed. Nobody else writes before this transaction ends.
    """
    if not len(batch):
        return np.zeros(0, dtype=bool)
    texts = _texts(batch.moments)
    if _is_new(batch, texts):
        _write(batch, texts, source, at)
        return np.ones(len(batch), dtype=np.bool_)
    fresh = np.isnan(known(batch))
    missing = batch.where(fresh)
    _write(missing, _texts(missing.moments), source, at)
    return fresh


def _is_new(batch: Batch, texts: list[str]) -> bool:
    """Whether no device has a reading of its metric between the first and the last one of the batch."""
    begins = np.flatnonzero(np.diff(batch.devices, prepend=-1) | np.diff(batch.metrics, prepend=-1))
    ends = np.append(begins[1:], len(batch)) - 1
    places = zip(begins.tolist(), ends.tolist(), strict=True)
    keys = zip(batch.devices[begins].tolist(), batch.metrics[begins].tolist(), places, strict=True)
    spans = [(device, metric, texts[first], texts[last]) for device, metric, (first, last) in keys]
    ((is_there,),) = _ask(_BETWEEN, spans)
    return not is_there


def _write(batch: Batch, texts: list[str], source: str, at: datetime) -> None:
    """What is the same in every row stands in the statement: a value that is bound costs in each of them."""
    statement = _INSERT.format(source=Source(source).value, received_at=_text(at))
    rows = zip(batch.devices.tolist(), batch.metrics.tolist(), texts, batch.values.tolist(), strict=True)
    _execute_for_each(statement, rows)
    mark(batch.buckets())


def mark(buckets: dict[int, Ints]) -> None:
    """Have hours summed again, by metric: pairs of device and hour."""
    _execute_for_each(_MARK, ((metric, pairs.astype("<i8").tobytes()) for metric, pairs in buckets.items()))


def _execute_for_each(statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    connection.ensure_connection()
    with connection.wrap_database_errors:
        connection.connection.executemany(statement, rows)


def known(batch: Batch) -> Floats:
    """The values that are kept for these keys, NaN where there is none."""
    keys = list(zip(batch.devices.tolist(), batch.metrics.tolist(), _texts(batch.moments), strict=True))
    return np.array([np.nan if value is None else value for (value,) in _ask(_KNOWN, keys)], dtype=np.float64)


def _ask(statement: str, keys: list[Any]) -> list[tuple[Any, ...]]:
    """The driver's own way: Django's reads a statement anew each time."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        found: list[tuple[Any, ...]] = connection.connection.execute(statement, [json.dumps(keys)]).fetchall()
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
