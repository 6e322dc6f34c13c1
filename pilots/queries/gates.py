"""Reads about the gates: what was established last, and what is still open before a pilot can be closed."""

from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, prefetch_related_objects
from django.urls import reverse

from audit.actors import SYSTEM
from audit.transitions import Pointing
from pilots.models import ClauseCheck, GateItem, GateRecord, Pilot, PilotState

EXPORT_STEP, LOOKS = "export", 200
TO_CLOSE = {
    GateItem.REMOVAL: "Record who took the equipment away or took it over, and that accounts are closed.",
    GateItem.EXPORT: "Record the export drill: whether all data came out, and could be read elsewhere.",
    GateItem.LESSONS: "Write down what was learned, for the next council.",
}
MUST_BE_SO = (GateItem.REMOVAL,)
"""An export that failed is a finding, and public; equipment that still stands there is not gone."""


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

    The same for many pilots is `end_is_open`.
    """
    known = gate_records(pilot)
    found = {item: sentence for item, sentence in TO_CLOSE.items() if item not in known}
    for item in MUST_BE_SO:
        if item in known and not known[item].is_so:
            found[item] = "Something of the supplier’s is still there, as recorded. Record when it is gone."
    return {
        item: Pointing(found[item], reverse("pilot_gate_record", args=[pilot.slug, item]))
        for item in TO_CLOSE
        if item in found
    }


def end_is_open() -> Q:
    """For pilots that were ended early: something of their end has still to be recorded, by the last record of each."""
    later = GateRecord.objects.filter(pilot=OuterRef("pilot"), item=OuterRef("item"), pk__gt=OuterRef("pk"))
    last = GateRecord.objects.filter(~Exists(later), pilot=OuterRef("pk"))
    told = last.filter(~Q(item__in=MUST_BE_SO) | Q(is_so=True))
    return Q(state=PilotState.ENDED) & reduce(or_, (~Q(Exists(told.filter(item=item))) for item in TO_CLOSE))
