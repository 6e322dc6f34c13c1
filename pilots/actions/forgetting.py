"""Raw readings go on the day that the plan named; daily sums, the result and its file stay (P6)."""

from datetime import datetime, timedelta

from django.db import transaction

from audit.actors import SYSTEM
from audit.models import Visibility
from audit.transitions import lock
from pilots import plans, rules, storage
from pilots.actions.noting import note
from pilots.models import Metric, Pilot, ReadingsKept
from work.actions import finish, schedule
from work.models import DueWork

FORGET = "pilot.forget_readings"
LATER = timedelta(days=1)


def schedule_forgetting(pilot: Pilot) -> None:
    """Note when the raw readings of each measure go, as the plan has it now."""
    for metric in pilot.metrics.order_by("pk"):
        if day := plans.kept_until(pilot.plan or {}, metric.code):
            schedule(kind=FORGET, subject_id=metric.pk, due_at=rules.first_instant(day))


def forget_due(work: DueWork, at: datetime) -> None:
    """Delete a measure's raw readings; the handler of kind pilot.forget_readings.

    A row of a plan that was replaced is finished without deleting. While the pilot is not at its end, when it may still
    be extended, say, the readings stay, and it is looked at again a day later.
    """
    with transaction.atomic():
        metric = Metric.objects.select_related("pilot").get(pk=work.subject_id)
        pilot = metric.pilot
        lock(pilot)
        finish(work, at)
        until = plans.kept_until(pilot.plan or {}, metric.code)
        if until is None or at < rules.first_instant(until) or hasattr(metric, "kept"):
            return
        if not rules.is_at_its_end(pilot):
            schedule(kind=FORGET, subject_id=metric.pk, due_at=work.due_at + LATER)
            return
        number = storage.forget(metric)
        ReadingsKept.objects.create(metric=metric, until=until, number=number, deleted_at=at)
        note(
            "pilot.readings_deleted", pilot, SYSTEM, at, Visibility.PUBLIC, metric=metric.code, readings=number,
            until=until.isoformat(),
        )  # fmt: skip
