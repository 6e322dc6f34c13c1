"""Closed months of readings: packed as Parquet, and read through the same function as those that are still rows.

A month takes some two bytes a reading then, instead of some ninety. Hourly and daily sums stay, so that nothing that is
drawn or judged changes.
"""

import hashlib
import io
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from pilots.models import Pilot, Reading, ReadingArchive
from pilots.storage.months import bounds

COLUMNS = ("taken_at", "device_id", "metric_id", "value", "source", "received_at", "version")
AT_ONCE = 50_000
Row = tuple[Any, ...]
_REMOVE = (
    "DELETE FROM pilots_reading WHERE device_id IN (SELECT device.id FROM pilots_device AS device "
    "JOIN pilots_site AS site ON site.id = device.site_id WHERE site.pilot_id = %s) "
    "AND taken_at >= %s AND taken_at < %s"
)


class ArchiveDamagedError(Exception):
    """What was packed is not what is there now."""


def readings_of(pilot: Pilot, month: date) -> Iterator[Row]:
    """A pilot's readings in a month (UTC), by time, device and metric, as COLUMNS; wherever they are kept."""
    archive = ReadingArchive.objects.filter(pilot=pilot, month=month, number__gt=0).first()
    return _unpacked(archive) if archive else _rows(pilot, month)


@transaction.atomic
def pack(pilot: Pilot, month: date, at: datetime) -> ReadingArchive:
    """Pack a month of a pilot and take its rows away. The caller knows that nothing more is written into it."""
    rows = list(_rows(pilot, month))
    content = _packed(rows) if rows else b""
    digest = hashlib.sha256(content).hexdigest() if rows else ""
    with connection.cursor() as cursor:
        limits = [connection.ops.adapt_datetimefield_value(each) for each in bounds(month)]
        cursor.execute(_REMOVE, [pilot.pk, *limits])
    return ReadingArchive.objects.create(
        pilot=pilot, month=month, number=len(rows), parquet=content, parquet_sha256=digest, archived_at=at
    )


@transaction.atomic
def unpack(pilot: int, first: date, last: date) -> None:
    """Make rows again of the months from one day to another, so that something in them can go; they are packed anew."""
    months = first.replace(day=1), last.replace(day=1)
    for archive in ReadingArchive.objects.filter(pilot=pilot, month__gte=months[0], month__lte=months[1]):
        rows = (Reading(**dict(zip(COLUMNS, row, strict=True))) for row in _unpacked(archive)) if archive.number else ()
        Reading.objects.bulk_create(rows, batch_size=2000)
        archive.delete()


@transaction.atomic
def leave_out(pilot: int, metric: int, month: date) -> int:
    """Pack a packed month again without the readings of a measure; returns how many there were."""
    archive = ReadingArchive.objects.select_for_update().filter(pilot=pilot, month=month, number__gt=0).first()
    rows = list(_unpacked(archive)) if archive else []
    left = [row for row in rows if row[COLUMNS.index("metric_id")] != metric]
    if archive and len(left) < len(rows):
        archive.number, archive.parquet = len(left), _packed(left) if left else b""
        archive.parquet_sha256 = hashlib.sha256(archive.parquet).hexdigest() if left else ""
        archive.save(update_fields=["number", "parquet", "parquet_sha256"])
    return len(rows) - len(left)


def _rows(pilot: Pilot, month: date) -> Iterator[Row]:
    first, last = bounds(month)
    found = Reading.objects.filter(metric__pilot=pilot, taken_at__gte=first, taken_at__lt=last)
    return found.order_by("taken_at", "device_id", "metric_id").values_list(*COLUMNS).iterator(chunk_size=2000)


def _packed(rows: list[Row]) -> bytes:
    import pyarrow as arrow  # noqa: PLC0415 - a tenth of a second and much memory, for one task an hour
    import pyarrow.parquet as parquet  # noqa: PLC0415

    instant = arrow.timestamp("us", tz="UTC")
    types = (
        instant, arrow.int64(), arrow.int64(), arrow.float64(), arrow.string(), instant, arrow.int16(),
    )  # fmt: skip
    columns = [arrow.array(column, type=kind) for column, kind in zip(zip(*rows, strict=True), types, strict=True)]
    sink = io.BytesIO()
    parquet.write_table(arrow.table(columns, names=COLUMNS), sink, compression="zstd")
    return sink.getvalue()


def _unpacked(archive: ReadingArchive) -> Iterator[Row]:
    import pyarrow.parquet as parquet  # noqa: PLC0415

    content = bytes(archive.parquet)
    if hashlib.sha256(content).hexdigest() != archive.parquet_sha256:
        raise ArchiveDamagedError(f"The packed file of {archive} is not the one that was written: restore it.")
    for part in parquet.ParquetFile(io.BytesIO(content)).iter_batches(AT_ONCE, columns=list(COLUMNS)):
        yield from zip(*(column.to_pylist() for column in part.columns), strict=True)
