"""Months of readings that nothing is written into any more are packed away."""

import time
from calendar import monthrange
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Sum

from audit.actors import SYSTEM
from audit.models import Visibility
from audit.transitions import lock
from pilots import storage
from pilots.actions.noting import note
from pilots.models import Pilot, PilotState, ReadingArchive

OVER = (PilotState.CLOSED, PilotState.ENDED, PilotState.DROPPED)
AT_A_TIME, MOST = 12, 1_000_000  # months and readings of one call: a minute or so
BREATH = 0.05  # seconds between two pieces: on SQLite one writes at a time


def archive_readings(*, at: datetime, limit: int = AT_A_TIME, most: float = MOST) -> int:
    """Pack closed months, oldest first, at most so many, until so many readings; returns how many were packed.

    A month is closed for a pilot that is over, in which nothing is added or corrected any more, once it has passed.
    It is packed in pieces, so that nobody waits for a whole month; where it breaks off, it goes on with what is left.
    """
    packed = 0
    for (pilot, month), _ in zip(closed_months(at), range(limit), strict=False):
        packed += _pack(pilot, month, at, most - packed)
        if packed >= most:
            break
    return packed


def closed_months(at: datetime) -> Iterator[tuple[Pilot, date]]:
    """Pilots and months that can be packed and are not yet, or not as a whole."""
    packed = ReadingArchive.objects.order_by().values_list("pilot", "month").annotate(Sum("days"))
    done = {(pilot, month): days for pilot, month, days in packed}
    this_month = storage.month_of(at)
    over = Pilot.objects.filter(state__in=OVER, baseline_starts_on__isnull=False).defer("plan").order_by("pk")
    for pilot in over:
        for month in _months(pilot):
            if month < this_month and done.get((pilot.pk, month)) != monthrange(month.year, month.month)[1]:
                yield pilot, month


def _months(pilot: Pilot) -> Iterator[date]:
    """A day in London may begin in the month before, as UTC counts."""
    if pilot.baseline_starts_on and pilot.ends_on:
        yield from storage.months_between(pilot.baseline_starts_on - timedelta(days=1), pilot.ends_on)


def _pack(pilot: Pilot, month: date, at: datetime, most: float) -> int:
    """Pack what is not packed of a month, until so many readings; how many these were."""
    storage.catch_up(pilot.metrics.values_list("pk", flat=True))  # sums are made from rows, and say how many there are
    number = 0
    for days in storage.slices(pilot, month):
        parcel = storage.wrap(pilot, days)
        with suppress(storage.ReadingsMovedError):  # what is left of an erasure is packed by the next call
            number += _archive(pilot, parcel, at)
        if parcel.number:
            time.sleep(BREATH)
        if number >= most:
            break
    return number


@transaction.atomic
def _archive(pilot: Pilot, parcel: storage.Parcel, at: datetime) -> int:
    lock(pilot)
    if pilot.state not in OVER or ReadingArchive.objects.filter(pilot=pilot, first_on=parcel.days[0]).exists():
        return 0
    storage.catch_up(pilot.metrics.values_list("pk", flat=True))
    archive = storage.pack(pilot, parcel, at)
    if archive.number:
        note(
            "pilot.readings_archived", pilot, SYSTEM, at, Visibility.PUBLIC, month=f"{archive.month:%Y-%m}",
            first_on=archive.first_on.isoformat(), days=archive.days, readings=archive.number,
            sha256=archive.parquet_sha256,
        )  # fmt: skip
    return archive.number
