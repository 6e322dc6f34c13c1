"""Reads of residents' readings: those that are shown, those that wait."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import Avg, Count, Exists, Min, OuterRef, QuerySet

from pilots.models import Judged, Metric, Pilot, ResidentReading

COLUMNS = ("site__code", "site__arm", "form__metric__code", "form__metric__unit", "taken_on", "value")


def askable(pilot: Pilot) -> QuerySet[Metric]:
    """The measures that residents may send readings of, as the plan registered it."""
    metrics, plan = pilot.metrics.order_by("pk"), pilot.plan or {}
    return metrics.filter(code__in=plan["residents"]) if "residents" in plan else metrics


def shown(pilot: Pilot) -> QuerySet[ResidentReading]:
    """What residents measured and the council has looked at."""
    return ResidentReading.objects.filter(form__pilot=pilot, judged=Judged.ACCEPTED)


def daily(pilot: Pilot) -> list[tuple[date, float]]:
    """The mean of residents' readings at the pilot sites on each day: one query."""
    rows = shown(pilot).filter(site__arm="pilot").values("taken_on").annotate(mean=Avg("value")).order_by("taken_on")
    return [(row["taken_on"], row["mean"]) for row in rows]


def waiting(pilot: Pilot) -> QuerySet[ResidentReading]:
    """What the council has not looked at yet, oldest first; `is_again` where the very same came before, and stands."""
    readings = ResidentReading.objects.filter(form__pilot=pilot, judged=Judged.WAITING)
    same = {name: OuterRef(name) for name in ("form", "site", "taken_on", "value")}
    before = ResidentReading.objects.filter(**same, pk__lt=OuterRef("pk")).exclude(judged=Judged.REFUSED)
    return readings.select_related("site").annotate(is_again=Exists(before)).order_by("taken_on", "pk")


def waiting_of(pilots: Iterable[Pilot]) -> dict[int, tuple[int, date]]:
    """How many readings of several pilots wait and since when, by the pilot's id: one query."""
    rows = ResidentReading.objects.filter(form__pilot__in=pilots, judged=Judged.WAITING).values("form__pilot")
    found = rows.annotate(number=Count("pk"), since=Min("received_on")).order_by("form__pilot")
    return {row["form__pilot"]: (row["number"], row["since"]) for row in found}


def for_download(pilot: Pilot) -> Iterator[tuple[Any, ...]]:
    """Site, arm, measure, unit, day and value of each reading that is shown."""
    yield from shown(pilot).order_by("taken_on", "pk").values_list(*COLUMNS).iterator(chunk_size=2000)
