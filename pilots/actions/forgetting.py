"""Raw readings go on the day that the plan named; daily sums, the result and its file stay (P6)."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import cast

from django.db import transaction
from django.db.models import F, Min

from audit.actors import SYSTEM
from audit.models import Visibility
from audit.transitions import lock
from pilots import plans, rules, storage
from pilots.actions.archiving import OVER
from pilots.actions.noting import note
from pilots.models import Metric, Pilot, ReadingArchive, ReadingsKept
from pilots.rules import local_day
from work.actions import finish, schedule
from work.models import DueWork

FORGET = "pilot.forget_readings"
LATER = timedelta(days=1)
MOST = 20_000  # readings that go in one transaction: a tenth of a second or two
BREATH = 0.05  # seconds between two transactions: on SQLite one writes at a time


def schedule_forgetting(pilot: Pilot) -> None:
    """Note when the raw readings of each measure go, as the plan has it now."""
    for metric in pilot.metrics.order_by("pk"):
        if day := plans.kept_until(pilot.plan or {}, metric.code):
            schedule(kind=FORGET, subject_id=metric.pk, due_at=rules.first_instant(day))


def forget_due(work: DueWork, at: datetime) -> None:
    """Delete a measure's raw readings; the handler of kind pilot.forget_readings.

    A row of a plan that was replaced is finished without deleting. While the pilot is not at its end, when it may still
    be extended, say, the readings stay, and it is looked at again a day later.

    They go in many short transactions with a breath in between, so that others who write do not wait; where it breaks
    off, it goes on with what is left.
    """
    kept = _begin(work, at)
    if kept is None:
        return
    storage.catch_up([kept.metric_id])  # what is owed is summed from rows
    while _pass(kept):  # once more after the last one: a month may have been packed meanwhile
        pass
    _end(work, kept, at)
    _let_months_go(at)


@transaction.atomic
def _begin(work: DueWork, at: datetime) -> ReadingsKept | None:
    """Note that it begins; None where there is nothing to do now, and then the work is finished."""
    metric = Metric.objects.select_related("pilot").get(pk=work.subject_id)
    lock(metric.pilot)
    until = plans.kept_until(metric.pilot.plan or {}, metric.code)
    if (
        until is None
        or at < rules.first_instant(until)
        or ReadingsKept.objects.filter(metric=metric, deleted_at__isnull=False).exists()
    ):
        finish(work, at)
        return None
    if not rules.is_at_its_end(metric.pilot):
        finish(work, at)
        schedule(kind=FORGET, subject_id=metric.pk, due_at=work.due_at + LATER)
        return None
    kept, _ = ReadingsKept.objects.get_or_create(metric=metric, defaults={"until": until})
    return kept


def _pass(kept: ReadingsKept) -> int:
    """Delete what there is, as rows and in packed months; how many readings that was."""
    gone, device = 0, cast("int | None", 0)
    while device is not None:
        number, device = _some(kept, partial(storage.forget, kept.metric, device, MOST))
        gone += number
        time.sleep(BREATH)
    for piece in ReadingArchive.objects.filter(pilot=kept.metric.pilot, number__gt=0).values_list("pk", flat=True):
        gone += _some(kept, lambda: (storage.leave_out(piece, kept.metric_id), None))[0]  # noqa: B023
        time.sleep(BREATH)
    return gone


@transaction.atomic
def _some(kept: ReadingsKept, delete: Callable[[], tuple[int, int | None]]) -> tuple[int, int | None]:
    """One step, counted in the transaction in which it happens. The pilot is held: nothing is packed meanwhile."""
    lock(kept.metric.pilot)
    number, device = delete()
    ReadingsKept.objects.filter(pk=kept.pk).update(number=F("number") + number)
    return number, device


@transaction.atomic
def _end(work: DueWork, kept: ReadingsKept, at: datetime) -> None:
    finish(work, at)
    kept.refresh_from_db(fields=["number"])
    kept.deleted_at = at
    kept.save(update_fields=["deleted_at"])
    note(
        "pilot.readings_deleted", kept.metric.pilot, SYSTEM, at, Visibility.PUBLIC, metric=kept.metric.code,
        readings=kept.number, until=kept.until.isoformat(),
    )  # fmt: skip


def _let_months_go(at: datetime) -> None:
    """Months that are empty and in which no pilot that goes on has a day."""
    going_on = Pilot.objects.exclude(state__in=OVER).aggregate(first=Min("baseline_starts_on"))["first"]
    first = min(local_day(at), going_on or local_day(at)) - timedelta(days=1)  # a day may begin in the month before
    storage.let_go(first.replace(day=1))
