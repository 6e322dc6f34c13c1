"""Readings corrected: the new value takes the place, what stood there before is kept as a version."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from pilots.storage.batches import Batch, instant_of
from pilots.storage.keeping import mark

_KEEP = (
    "INSERT INTO pilots_readingversion "
    "(device_id, metric_id, taken_at, version, value, source, received_at, replaced_at, replaced_by, reason) "
    "SELECT device_id, metric_id, taken_at, version, value, source, received_at, %s, %s, %s FROM pilots_reading "
    "WHERE device_id = %s AND metric_id = %s AND taken_at = %s"
)
_REPLACE = (
    "UPDATE pilots_reading SET value = %s, version = version + 1, source = %s, received_at = %s "
    "WHERE device_id = %s AND metric_id = %s AND taken_at = %s"
)


@dataclass(frozen=True)
class Correction:
    """Who corrects, through what, and why."""

    by: str
    source: str
    reason: str


@transaction.atomic
def correct(batch: Batch, correction: Correction, at: datetime) -> int:
    """Give readings that are there another value; `batch` is ordered and has no key twice. Returns how many."""
    keys = [(device, metric, _param(instant_of(moment))) for device, metric, moment in batch.all_keys()]
    now = _param(at)
    _for_each(_KEEP, [(now, correction.by, correction.reason, *key) for key in keys])
    values = batch.values.tolist()
    _for_each(_REPLACE, [(value, correction.source, now, *key) for value, key in zip(values, keys, strict=True)])
    mark(batch)
    return len(batch)


def _for_each(statement: str, rows: Sequence[tuple[object, ...]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)  # type: ignore[arg-type]


def _param(at: datetime) -> object:
    return connection.ops.adapt_datetimefield_value(at)
