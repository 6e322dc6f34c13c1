"""Closed months of readings: packed as Parquet, and read through the same function as those that are still rows.

A month is packed in pieces of whole days (UTC), each in a transaction of its own, so that neither memory nor the time
that others wait for it grows with the pilot. A reading takes a few bytes then, instead of some ninety. Hourly and daily
sums stay, so that nothing that is drawn or judged changes.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from django.db import transaction
from django.db.models import QuerySet, Sum

from pilots.models import DailyRollup, Device, Pilot, Reading, ReadingArchive
from pilots.storage import parquets
from pilots.storage.months import first_instant, following
from pilots.storage.parquets import COLUMNS, Row

PIECE = 100_000  # readings of a piece, unless a single day has more: some tenths of a second
AT_ONCE = 2000
A_DAY = timedelta(days=1)
Days = tuple[date, date]  # the first, and the one after the last


class ArchiveDamagedError(Exception):
    """What was packed is not what is there now."""


class ReadingsMovedError(Exception):
    """Other readings were there to be taken away than had been packed: nothing was."""


def readings_of(pilot: Pilot, month: date) -> Iterator[Row]:
    """A pilot's readings in a month (UTC), by time, device and metric, as COLUMNS; wherever they are kept."""
    packed: list[tuple[Days, bool]] = [((first, first + days * A_DAY), True) for first, days in _packed(pilot, month)]
    for days, is_packed in sorted(packed + [(days, False) for days in slices(pilot, month)]):
        yield from _piece(pilot, days[0]) if is_packed else _rows_or_piece(pilot, days)


def slices(pilot: Pilot, month: date) -> Iterator[Days]:
    """The days of a month that are not packed, in slices of about PIECE readings, as far as these have been summed."""
    covered = {first + place * A_DAY for first, days in _packed(pilot, month) for place in range(days)}
    sums = DailyRollup.objects.filter(metric__pilot=pilot, day__gte=month, day__lt=following(month))
    numbers = dict(sums.order_by().values_list("day").annotate(Sum("number")))
    begins, together = month, 0
    for day in _days(month):
        if day in covered or (day > begins and together + numbers.get(day, 0) > PIECE):
            if begins < day:
                yield begins, day
            begins, together = (day + A_DAY if day in covered else day), 0
        together += numbers.get(day, 0)
    if begins < following(month):
        yield begins, following(month)


@dataclass(frozen=True)
class Parcel:
    """Days of a pilot's readings as they are to be packed: the file, and how many readings there are."""

    days: Days
    content: bytes
    number: int


def wrap(pilot: Pilot, days: Days) -> Parcel:
    """The readings of days of one month as a file. Nobody who writes waits for it."""
    return Parcel(days, *parquets.written(_in_order(_between(pilot, days))))


@transaction.atomic
def pack(pilot: Pilot, parcel: Parcel, at: datetime) -> ReadingArchive:
    """Keep a parcel and take its rows away. The caller knows that nothing is written into these days any more.

    Raises ReadingsMovedError where some went meanwhile, which an erasure does.
    """
    days, content, number = parcel.days, parcel.content, parcel.number
    if _between(pilot, days).delete()[0] != number:
        raise ReadingsMovedError(f"Readings of {pilot} changed while they were packed.")
    return ReadingArchive.objects.create(
        pilot=pilot, month=days[0].replace(day=1), first_on=days[0], days=(days[1] - days[0]).days, number=number,
        parquet=content, parquet_sha256=_fingerprint(content), archived_at=at,
    )  # fmt: skip


@transaction.atomic
def unpack(pilot: int, device: int, first: date, last: date) -> None:
    """Make rows again of the pieces from one day to another in which a device is, so that something in them can go.

    They are packed anew.
    """
    months = first.replace(day=1), last.replace(day=1)
    near = ReadingArchive.objects.filter(pilot=pilot, month__gte=months[0], month__lte=months[1], first_on__lte=last)
    for pk in list(near.values_list("pk", flat=True)):
        archive = near.get(pk=pk)
        if archive.first_on + archive.days * A_DAY > first and _holds(archive, "device_id", device):
            readings = (Reading(**dict(zip(COLUMNS, row, strict=True))) for row in _unpacked(archive))
            while some := list(islice(readings, AT_ONCE)):
                Reading.objects.bulk_create(some)
            archive.delete()


@transaction.atomic
def leave_out(archive: int, metric: int) -> int:
    """Write a piece again without the readings of a measure; returns how many there were."""
    piece = ReadingArchive.objects.select_for_update().filter(pk=archive, number__gt=0).first()
    if piece is None or not _holds(piece, "metric_id", metric):
        return 0
    content, left = parquets.without(bytes(piece.parquet), "metric_id", metric)
    gone = piece.number - left
    piece.number, piece.parquet, piece.parquet_sha256 = left, content, _fingerprint(content)
    piece.save(update_fields=["number", "parquet", "parquet_sha256"])
    return gone


def _packed(pilot: Pilot, month: date) -> "QuerySet[ReadingArchive, tuple[date, int]]":
    return ReadingArchive.objects.filter(pilot=pilot, month=month).values_list("first_on", "days")


def _days(month: date) -> Iterator[date]:
    day = month
    while day < following(month):
        yield day
        day += A_DAY


def _rows_or_piece(pilot: Pilot, days: Days) -> Iterator[Row]:
    """The rows of some days; where there are none, they may have been packed a moment ago."""
    found = False
    for row in _in_order(_between(pilot, days)):
        found = True
        yield row
    if not found:
        yield from _piece(pilot, days[0])


def _piece(pilot: Pilot, first: date) -> Iterator[Row]:
    archive = ReadingArchive.objects.filter(pilot=pilot, first_on=first, number__gt=0).first()
    return _unpacked(archive) if archive else iter(())


def _between(pilot: Pilot, days: Days) -> "QuerySet[Reading]":
    """Device and metric are both named: the key begins with them, so it leads to the days."""
    first, end = (first_instant(day) for day in days)
    devices, metrics = Device.objects.filter(site__pilot=pilot).values("pk"), pilot.metrics.order_by().values("pk")
    return Reading.objects.filter(device__in=devices, metric__in=metrics, taken_at__gte=first, taken_at__lt=end)


def _in_order(rows: "QuerySet[Reading]") -> Iterator[Row]:
    ordered = rows.order_by("taken_at", "device_id", "metric_id").values_list(*COLUMNS)
    return iter(ordered.iterator(chunk_size=AT_ONCE))


def _fingerprint(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest() if content else ""


def _holds(archive: ReadingArchive, column: str, number: int) -> bool:
    return archive.number > 0 and parquets.holds(_content(archive), column, number)


def _unpacked(archive: ReadingArchive) -> Iterator[Row]:
    return parquets.read(_content(archive))


def _content(archive: ReadingArchive) -> bytes:
    """What was packed, which has to be what is there."""
    content = bytes(archive.parquet)
    if _fingerprint(content) != archive.parquet_sha256:
        raise ArchiveDamagedError(f"The packed file of {archive} is not the one that was written: restore it.")
    return content
