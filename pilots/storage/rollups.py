"""Hourly and daily sums of readings, made again for the hours that were marked."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.db import connection, transaction

from pilots.models import PendingRollup
from pilots.storage import postgresql, sqlite
from pilots.storage.batches import HOUR, Ints, instant_of
from pilots.storage.marks import unpacked
from pilots.storage.months import bounds, month_of

LONDON = ZoneInfo("Europe/London")
MARKS = 200
HOURS = 10_000  # sums of one transaction: on SQLite nobody else writes meanwhile


@transaction.atomic
def roll_up(*, marks: int = MARKS, wait: bool = False, metrics: Iterable[int] | None = None) -> int:
    """Sum the hours of the oldest marks, and their days; returns how many marks are done with.

    A mark is taken away in the transaction that has read the readings behind it; one that came meanwhile stays. Where
    another process makes sums just now, nothing is done, unless `wait`.
    """
    pending = PendingRollup.objects.order_by("pk")
    if metrics is not None:
        pending = pending.filter(metric__in=list(metrics))
    if not pending.exists() or not _engine().is_alone(wait):
        return 0
    taken = _some(pending[:marks])
    by_metric: dict[int, list[Ints]] = {}
    for mark, hours in taken:
        by_metric.setdefault(mark.metric_id, []).append(hours)
    for metric, pairs in by_metric.items():
        _sum(metric, np.unique(np.concatenate(pairs), axis=0))
    PendingRollup.objects.filter(pk__in=[mark.pk for mark, _ in taken]).delete()
    return len(taken)


def _some(pending: Iterable[PendingRollup]) -> list[tuple[PendingRollup, Ints]]:
    """The first of them, and as many more as make up the hours of one transaction; each with its pairs."""
    taken: list[tuple[PendingRollup, Ints]] = []
    hours = 0
    for mark in pending:
        pairs = unpacked(bytes(mark.buckets))
        hours += len(pairs)
        if taken and hours > HOURS:
            break
        taken.append((mark, pairs))
    return taken


def catch_up(metrics: Iterable[int]) -> None:
    """Make every sum of these metrics that is still owed: before an analysis reads them."""
    wanted = list(metrics)
    while roll_up(wait=True, metrics=wanted):
        pass


def _sum(metric: int, pairs: Ints) -> None:
    devices, hours = pairs[:, 0], pairs[:, 1]
    months = np.array([_month_number(hour) for hour in hours.tolist()])
    for month in np.unique(months):
        inside = months == month
        span = bounds(date(int(month) // 12, int(month) % 12 + 1, 1))
        _engine().sum_hours(metric, devices[inside], hours[inside], span)
    days = sorted({(device, _day(hour)) for device, hour in pairs.tolist()})
    _engine().sum_days(
        metric, np.array([device for device, _ in days], dtype=np.int64), [day for _, day in days],
        [_span(day) for _, day in days],
    )  # fmt: skip


@cache
def _month_number(hour: int) -> int:
    month = month_of(instant_of(hour * HOUR))
    return month.year * 12 + month.month - 1


@cache
def _day(hour: int) -> date:
    """The day in London that an hour (since 1970) lies in; London's days begin at whole hours."""
    return instant_of(hour * HOUR).astimezone(LONDON).date()


@cache
def _span(day: date) -> tuple[datetime, datetime]:
    first, last = (datetime.combine(each, time(), LONDON) for each in (day, day + timedelta(days=1)))
    return first, last


def _engine() -> Any:
    return postgresql if connection.vendor == "postgresql" else sqlite
