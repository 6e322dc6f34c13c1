"""Reads about the gates: what was established last, and what is still open before a pilot can be closed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, prefetch_related_objects
from django.urls import reverse

from audit.actors import SYSTEM
from audit.transitions import Pointing
from pilots.models import ClauseCheck, GateItem, GateRecord, Pilot, PilotState
from pilots.rules import is_to_close, local_day

EXPORT_STEP, LOOKS = "export", 200
TO_CLOSE = {
    GateItem.REMOVAL: "Record who took the equipment away or took it over, and that accounts are closed.",
    GateItem.EXPORT: "Record the export drill: whether all data came out, and could be read elsewhere.",
    GateItem.LESSONS: "Write down what was learned, for the next council.",
}


@dataclass(frozen=True)
class OpenEnd:
    """What of a pilot's end has still to be recorded, and since when it is known that something is still there."""

    missing: tuple[GateItem, ...]
    still_there: date | None = None


def gate_records(pilot: Pilot) -> dict[str, GateRecord]:
    """What was established last about each thing that the gates ask: read once, until the pilot is locked again."""
    prefetch_related_objects([pilot], "gate_records")
    return {record.item: record for record in pilot.gate_records.all()}


def export_by_machine(pilot: Pilot) -> tuple[ClauseCheck, str] | None:
    """The last time that a machine's view of the service's export changed, and its sentence on it: one query."""
    looks = pilot.clause_checks.filter(checked_by=SYSTEM.actor_key, is_change=True).select_related("requirement")
    said = ((look, finding) for look in looks.order_by("-pk")[:LOOKS] for finding in look.findings)
    return next(((look, finding["sentence"]) for look, finding in said if finding["step"] == EXPORT_STEP), None)


def open_before_closing(pilot: Pilot) -> dict[GateItem, str]:
    """What has to be recorded before the pilot can be closed, with the sentence that asks for it and leads there.

    An export that failed is a finding, and public; equipment that still stands there is not gone.
    """
    known = gate_records(pilot)
    end = _open_end(known)
    found = {item: TO_CLOSE[item] for item in end.missing}
    if end.still_there:
        found[GateItem.REMOVAL] = "Something of the supplier’s is still there, as recorded. Record when it is gone."
    return {
        item: Pointing(found[item], reverse("pilot_gate_record", args=[pilot.slug, item]))
        for item in TO_CLOSE
        if item in found
    }


def open_ends(pilots: Iterable[Pilot]) -> dict[int, OpenEnd]:
    """The same of several pilots, of those at their end, by the pilot's id: one query, none where there is no such."""
    ends = [pilot.pk for pilot in pilots if pilot.state == PilotState.ENDED or is_to_close(pilot)]
    known: dict[int, dict[str, GateRecord]] = {pk: {} for pk in ends}
    for record in GateRecord.objects.filter(pilot__in=ends, item__in=TO_CLOSE).order_by("pk") if ends else ():
        known[record.pilot_id][record.item] = record
    return {pk: _open_end(records) for pk, records in known.items()}


def _open_end(known: Mapping[str, GateRecord]) -> OpenEnd:
    """By what was recorded last of each."""
    removal = known.get(GateItem.REMOVAL)
    still_there = local_day(removal.recorded_at) if removal and not removal.is_so else None
    return OpenEnd(tuple(item for item in TO_CLOSE if item not in known), still_there)


def end_is_open() -> Q:
    """For pilots that were ended early: something of their end has still to be recorded, by the last record of each.

    `_open_end` in the words of the database.
    """
    later = GateRecord.objects.filter(pilot=OuterRef("pilot"), item=OuterRef("item"), pk__gt=OuterRef("pk"))
    last = GateRecord.objects.filter(~Exists(later), pilot=OuterRef("pk"))
    told = last.filter(~Q(item=GateItem.REMOVAL) | Q(is_so=True))
    return Q(state=PilotState.ENDED) & reduce(or_, (~Q(Exists(told.filter(item=item))) for item in TO_CLOSE))
