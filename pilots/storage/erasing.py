"""Readings that have to go: with what they said before, and their sums."""

from collections import defaultdict
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from django.db import transaction

from pilots.models import (
    DailyRollup,
    Device,
    HourlyRollup,
    Metric,
    OutOfRangeReading,
    Reading,
    ReadingVersion,
    Site,
)
from pilots.storage.archives import unpack
from pilots.storage.keeping import mark_buckets

LONDON = ZoneInfo("Europe/London")
SECONDS_OF_AN_HOUR, AN_HOUR = 3600, timedelta(hours=1)


@transaction.atomic
def erase(device: int, first: datetime, end: datetime) -> int:
    """Erase a device's readings from an instant up to another, of every measure; returns how many there were.

    The sums of the days it touches are taken away, and made again from what is left of them.
    """
    span = {"device": device, "taken_at__gte": first, "taken_at__lt": end}
    a_day = timedelta(days=1)  # whole days are summed again, and a day in London lies in two of UTC
    unpack(Site.objects.get(devices=device).pilot_id, device, (first - a_day).date(), (end + a_day).date())
    number: int = Reading.objects.filter(**span).count() + OutOfRangeReading.objects.filter(**span).count()
    for kind in (ReadingVersion, OutOfRangeReading, Reading):
        kind.objects.filter(**span).delete()
    days = first.astimezone(LONDON).date(), (end - timedelta(microseconds=1)).astimezone(LONDON).date()
    begins, ends = (datetime.combine(day, time(), LONDON) for day in (days[0], days[1] + timedelta(days=1)))
    HourlyRollup.objects.filter(device=device, hour__gte=begins, hour__lt=ends).delete()
    DailyRollup.objects.filter(device=device, day__gte=days[0], day__lte=days[1]).delete()
    _sum_again(device, begins, ends)
    return number


@transaction.atomic
def forget(metric: Metric, device: int, most: int) -> tuple[int, int | None]:
    """Delete some of a measure's raw readings that are rows, device by device, which is what the key is for.

    Starts with a device, and ends after some readings, so that nobody who writes waits for it long. Returns how many
    went, and the device to go on with, None at the end. Daily sums stay.
    """
    number = 0
    devices = Device.objects.filter(site__pilot=metric.pilot_id, pk__gte=device).order_by("pk")
    for pk in devices.values_list("pk", flat=True):
        number += _forget(pk, metric.pk, most - number)
        if number >= most:
            return number, pk
    return number, None


def _forget(device: int, metric: int, most: int) -> int:
    """Delete a device's oldest readings of a measure, at most so many, with what they said before and their hours."""
    here = {"device": device, "metric": metric}
    times = Reading.objects.filter(**here).order_by("taken_at").values_list("taken_at", flat=True)
    left = times[most : most + 1].first()
    before = {} if left is None else {"taken_at__lt": left}
    HourlyRollup.objects.filter(**here, **({} if left is None else {"hour__lte": left - AN_HOUR})).delete()
    ReadingVersion.objects.filter(**here, **before).delete()
    return sum(kind.objects.filter(**here, **before).delete()[0] for kind in (Reading, OutOfRangeReading))


def _sum_again(device: int, begins: datetime, ends: datetime) -> None:
    hours: dict[int, set[int]] = defaultdict(set)
    left = Reading.objects.filter(device=device, taken_at__gte=begins, taken_at__lt=ends)
    for metric, taken_at in left.values_list("metric", "taken_at"):
        hours[metric].add(int(taken_at.timestamp()) // SECONDS_OF_AN_HOUR)
    mark_buckets(
        {
            metric: np.array([(device, hour) for hour in sorted(found)], dtype=np.int64)
            for metric, found in hours.items()
        }
    )
