"""The live feed: pilots that say so get a fresh simulated reading per site each minute, and are looked at often."""

from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from audit.actors import SYSTEM
from marketplace.demonstration import live_service
from pilots.actions import MONITORING, ingest
from pilots.models import Arm, Device, Pilot, PilotState, Reading, Source
from pilots.rules import takes_readings
from work.actions import finish, schedule
from work.models import DueWork

SIMULATE = "pilot.simulate"
EVERY = timedelta(minutes=1)
LOOK_EVERY = 3
PILOT_SHARE = 0.6


def begin(at: datetime) -> int:
    """Schedule the feed of every running pilot that has one; returns how many have."""
    pilots = Pilot.objects.filter(has_live_simulation=True, state=PilotState.RUNNING)
    for pilot in pilots:
        schedule(kind=SIMULATE, subject_id=pilot.pk, due_at=_minute(at) + EVERY)
    return len(pilots)


def simulate_due(work: DueWork, at: datetime) -> None:
    """Send one reading per site, schedule the next minute, and every third minute a look at the data."""
    pilot = Pilot.objects.get(pk=work.subject_id)
    minute = _minute(at)
    with transaction.atomic():
        finish(work, at)
        if pilot.state != PilotState.RUNNING or not takes_readings(pilot, at):
            return
        ingest(pilot=pilot, rows=_rows(pilot, minute), source=Source.SIMULATION, actor=SYSTEM, at=at)
        schedule(kind=SIMULATE, subject_id=pilot.pk, due_at=minute + EVERY)
        live_service.offer(pilot, at)  # each time, as the address changes with the port that the demonstration runs on
        if minute.minute % LOOK_EVERY == 0:
            schedule(kind=MONITORING, subject_id=pilot.pk, due_at=minute)
            live_service.look(pilot, minute)


def _rows(pilot: Pilot, minute: datetime) -> list[dict[str, object]]:
    metric = pilot.metrics.get(role="primary")
    before = float(metric.outcome.baseline_value)
    devices = Device.objects.filter(site__pilot=pilot).select_related("site").order_by("pk")
    return [
        {
            "device": device.code, "metric": metric.code, "taken_at": minute.isoformat(), "unit": metric.unit,
            "value": round(_value(device, before, minute), 3),
        }
        for device in devices
    ]  # fmt: skip


def _value(device: Device, before: float, minute: datetime) -> float:
    """Around what the site has shown so far, with a little noise."""
    last = Reading.objects.filter(device=device).order_by("-taken_at").values_list("value", flat=True).first()
    share = PILOT_SHARE if device.site.arm == Arm.PILOT else 1.0
    middle = before * share if last is None else last
    noise = Random(f"{device.pk}{minute}").gauss(0, before / 20)  # noqa: S311 - invented readings
    return max(0.0, 0.9 * middle + 0.1 * before * share + noise)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
