"""Reads about what went wrong: which days are marked, which clocks run."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import (
    BooleanField,
    DateField,
    DateTimeField,
    ExpressionWrapper,
    IntegerField,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast

from pilots.formats import OTHER_EVENT, Mark
from pilots.models import DeviceRecall, Erasure, Incident, IncidentDuty, IncidentEntry, Pilot, Severity
from pilots.queries.devices import changed_devices
from pilots.rules import local_day
from suppliers.models import SupplierMember


def marks_of(pilot: Pilot) -> list[Mark]:
    """What happened to readings of a pilot: recalled or changed devices, and incidents that touched some days."""
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
        *changed_devices(pilot),
        *(
            Mark(_word(each), each.touches_from, each.touches_until or each.touches_from)
            for each in touched
            if each.touches_from
        ),
    ]  # fmt: skip


def _word(incident: Incident) -> str:
    word = f"incident {incident.number}"
    return f"{OTHER_EVENT}: {word}" if incident.severity == Severity.OUTSIDE else word


@dataclass(frozen=True)
class Wrong:
    """One thing that went wrong, as the public reads it: an incident (with its severity), a recall or an erasure.

    `number` is an incident's own or how many were erased; `is_final` says that a result rested on what is gone.
    """

    kind: str
    number: int
    what: str
    words: str
    at: datetime
    ended_at: datetime | None
    first: date | None
    last: date | None
    is_final: bool

    @property
    def severity(self) -> str:
        """The kind of incident in words; empty for what is none."""
        return str(Severity(self.kind).label).partition(":")[0].lower() if self.kind in Severity.values else ""


def went_wrong(pilot: Pilot) -> list[Wrong]:
    """What went wrong in a pilot, the oldest first: one query."""
    no_day, no_instant = Cast(Value(None), DateField()), Cast(Value(None), DateTimeField())
    no, nought = Value(False, BooleanField()), Value(0, IntegerField())
    incidents = (
        Incident.objects.filter(pilot=pilot)
        .order_by()
        .values_list(
            "severity",
            "number",
            "title",
            "closed_because",
            "found_at",
            "closed_at",
            "touches_from",
            "touches_until",
            no,
        )
    )
    recalls = DeviceRecall.objects.filter(device__site__pilot=pilot).values_list(
        Value("recall"), nought, "device__code", "reason", "recalled_from", no_instant, no_day, no_day, no
    )
    is_final = ExpressionWrapper(Q(result__isnull=False), output_field=BooleanField())
    erasures = (
        Erasure.objects.filter(pilot=pilot)
        .order_by()
        .values_list(Value("erasure"), "number", "what", "reason", "erased_at", no_instant, no_day, no_day, is_final)
    )
    found = [Wrong(*row) for row in incidents.union(recalls, erasures, all=True)]
    return sorted(found, key=lambda each: (each.at, each.kind, each.number))


def running_clocks(pilot: Pilot) -> QuerySet[IncidentDuty]:
    """Who has still to be told of an incident of this pilot, the most urgent first."""
    open_ones = IncidentDuty.objects.filter(incident__pilot=pilot, incident__closed_at=None, settled_at=None)
    return open_ones.select_related("incident").order_by("due_at", "pk")


def is_late(duty: IncidentDuty, at: datetime) -> bool:
    """Whether somebody should have been told by now."""
    return duty.settled_at is None and duty.due_at < at


def log_of(incident: Incident) -> list[tuple[IncidentEntry, str]]:
    """The log of an incident, the oldest first, each line with the side that wrote it: two queries."""
    members = SupplierMember.objects.filter(supplier_id=incident.pilot.supplier_id).values_list("user", flat=True)
    firm = {f"user:{pk}" for pk in members}
    return [(line, "supplier" if line.written_by in firm else "council") for line in incident.entries.all()]
