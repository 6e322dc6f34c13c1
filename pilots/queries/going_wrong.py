"""Reads about what went wrong: which days are marked, which clocks run."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import (
    BooleanField,
    DateField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast

from pilots.formats import BY_MISTAKE, OTHER_EVENT, Mark
from pilots.models import (
    DeviceRecall,
    Erasure,
    EvaluationKind,
    Incident,
    IncidentDuty,
    IncidentEntry,
    Pilot,
    Severity,
)
from pilots.queries.devices import changed_devices, moves_of, places_of
from pilots.rules import local_day
from suppliers.models import SupplierMember


def marks_of(pilot: Pilot) -> list[Mark]:
    """What happened to readings of a pilot: recalled or changed devices, and incidents that touched some days."""
    touched = pilot.incidents.exclude(touches_from=None).order_by("number")
    return [
        *_recalled(pilot),
        *changed_devices(pilot),
        *(
            Mark(_word(each), each.touches_from, each.touches_until or each.touches_from)
            for each in touched
            if each.touches_from
        ),
    ]


def _recalled(pilot: Pilot) -> list[Mark]:
    """Recalled devices, at each site they stood at; a recall that was taken back says so, and marks no more."""
    recalls = list(DeviceRecall.objects.filter(device__site__pilot=pilot).select_related("device__site").order_by("pk"))
    moves = moves_of(pilot.pk) if recalls else {}
    return [
        Mark(*_of_recall(recall), unit=place, device=recall.device.code)
        for recall in recalls
        for place in places_of(recall.device.code, recall.device.site.code, moves)
    ]


def _of_recall(recall: DeviceRecall) -> tuple[str, date, date]:
    first = local_day(recall.recalled_from)
    if recall.taken_back_at is None:
        return f"{recall.device.code} recalled", first, date.max
    return f"{recall.device.code} {BY_MISTAKE}", first, local_day(recall.taken_back_at)


def _word(incident: Incident) -> str:
    word = f"incident {incident.number}"
    return f"{OTHER_EVENT}: {word}" if incident.severity == Severity.OUTSIDE else word


@dataclass(frozen=True)
class Wrong:
    """One thing that went wrong, as the public reads it: an incident (with its severity), a recall or an erasure.

    `number` is an incident's own or how many were erased; `is_final` says that a registered result rested on what is
    gone, or on a recall that was taken back for the reason in `mistake`, or came before the incident was recorded.
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
    mistake: str

    @property
    def severity(self) -> str:
        """The kind of incident in words; empty for what is none."""
        return str(Severity(self.kind).label).partition(":")[0].lower() if self.kind in Severity.values else ""


def went_wrong(pilot: Pilot) -> list[Wrong]:
    """What went wrong in a pilot, the oldest first: one query."""
    no_day, no_instant = Cast(Value(None), DateField()), Cast(Value(None), DateTimeField())
    nought = Value(0, IntegerField())
    nothing = Value("")
    results = pilot.evaluations.filter(kind=EvaluationKind.REGISTERED)
    incidents = Incident.objects.filter(pilot=pilot).order_by()
    incidents = incidents.annotate(is_later=Exists(results.filter(computed_at__lt=OuterRef("recorded_at"))))
    incidents = incidents.values_list(
        "severity", "number", "title", "closed_because", "found_at", "closed_at", "touches_from", "touches_until",
        "is_later", nothing,
    )  # fmt: skip
    meanwhile = results.filter(computed_at__range=(OuterRef("recorded_at"), OuterRef("taken_back_at")))
    recalls = DeviceRecall.objects.filter(device__site__pilot=pilot).order_by().annotate(stands=Exists(meanwhile))
    recalls = recalls.values_list(
        Value("recall"), nought, "device__code", "reason", "recalled_from", "taken_back_at", no_day, no_day, "stands",
        "taken_back_because",
    )  # fmt: skip
    is_final = ExpressionWrapper(Q(result__isnull=False), output_field=BooleanField())
    erasures = (
        Erasure.objects.filter(pilot=pilot)
        .order_by()
        .values_list(
            Value("erasure"), "number", "what", "reason", "erased_at", no_instant, no_day, no_day, is_final, nothing
        )
    )
    rows: Iterable[Any] = incidents.union(recalls, erasures, all=True)
    return sorted((Wrong(*row) for row in rows), key=lambda each: (each.at, each.kind, each.number, each.what))


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
