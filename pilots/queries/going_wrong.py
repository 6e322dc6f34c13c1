"""Reads about what went wrong: which days are marked, which clocks run."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from pilots.formats import Mark
from pilots.models import DeviceRecall, Erasure, Incident, IncidentDuty, Pilot
from pilots.rules import local_day


def marks_of(pilot: Pilot) -> list[Mark]:
    """What happened to readings of a pilot: recalled devices, and incidents that touched some days."""
    recalls = DeviceRecall.objects.filter(device__site__pilot=pilot).select_related("device__site").order_by("pk")
    touched = pilot.incidents.exclude(touches_from=None).order_by("number")
    return [
        *(
            Mark(
                f"{recall.device.code} recalled", local_day(recall.recalled_from),
                unit=recall.device.site.code, device=recall.device.code,
            )
            for recall in recalls
        ),
        *(
            Mark(f"incident {each.number}", each.touches_from, each.touches_until or each.touches_from)
            for each in touched
            if each.touches_from
        ),
    ]  # fmt: skip


@dataclass(frozen=True)
class WentWrong:
    """What the public reads of what went wrong."""

    incidents: list[Incident]
    recalls: list[DeviceRecall]
    erasures: list[Erasure]

    @property
    def is_anything(self) -> bool:
        return bool(self.incidents or self.recalls or self.erasures)


def went_wrong(pilot: Pilot) -> WentWrong:
    """Incidents, recalled devices and erasures of a pilot, the oldest first: three queries."""
    recalls = DeviceRecall.objects.filter(device__site__pilot=pilot).select_related("device").order_by("pk")
    return WentWrong(list(pilot.incidents.order_by("number")), list(recalls), list(pilot.erasures.all()))


def running_clocks(pilot: Pilot) -> QuerySet[IncidentDuty]:
    """Who has still to be told of an incident of this pilot, the most urgent first."""
    open_ones = IncidentDuty.objects.filter(incident__pilot=pilot, incident__closed_at=None, settled_at=None)
    return open_ones.select_related("incident").order_by("due_at", "pk")


def is_late(duty: IncidentDuty, at: datetime) -> bool:
    """Whether somebody should have been told by now."""
    return duty.settled_at is None and duty.due_at < at
