"""Months of readings that nothing is written into any more are packed away."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import transaction

from audit.actors import SYSTEM
from audit.models import Visibility
from audit.transitions import lock
from pilots import storage
from pilots.actions.noting import note
from pilots.models import Pilot, PilotState, ReadingArchive

OVER = (PilotState.CLOSED, PilotState.ENDED, PilotState.DROPPED)
AT_A_TIME = 12


def archive_readings(*, at: datetime, limit: int = AT_A_TIME) -> int:
    """Pack closed months, oldest first, at most so many; returns how many readings were packed.

    A month is closed for a pilot that is over, in which nothing is added or corrected any more, once it has passed.
    """
    return sum(_archive(pilot, month, at) for (pilot, month), _ in zip(closed_months(at), range(limit), strict=False))


def closed_months(at: datetime) -> Iterator[tuple[Pilot, date]]:
    """Pilots and months that can be packed and are not yet."""
    done = set(ReadingArchive.objects.values_list("pilot", "month"))
    this_month = storage.month_of(at)
    over = Pilot.objects.filter(state__in=OVER, baseline_starts_on__isnull=False).defer("plan").order_by("pk")
    for pilot in over:
        for month in _months(pilot):
            if month < this_month and (pilot.pk, month) not in done:
                yield pilot, month


def _months(pilot: Pilot) -> Iterator[date]:
    """A day in London may begin in the month before, as UTC counts."""
    if pilot.baseline_starts_on and pilot.ends_on:
        yield from storage.months_between(pilot.baseline_starts_on - timedelta(days=1), pilot.ends_on)


@transaction.atomic
def _archive(pilot: Pilot, month: date, at: datetime) -> int:
    lock(pilot)
    if pilot.state not in OVER or ReadingArchive.objects.filter(pilot=pilot, month=month).exists():
        return 0
    storage.catch_up(pilot.metrics.values_list("pk", flat=True))  # sums are made from rows
    archive = storage.pack(pilot, month, at)
    if archive.number:
        note(
            "pilot.readings_archived", pilot, SYSTEM, at, Visibility.PUBLIC, month=f"{month:%Y-%m}",
            readings=archive.number, sha256=archive.parquet_sha256,
        )  # fmt: skip
    return archive.number
