"""What happened to pilots, read from the record for the rule that counts who let whom wait."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from audit.models import Event
from pilots.models import Milestone, Pilot
from pilots.rules import first_instant
from pilots.waiting import TURNS, Happening, Waited, waited

CLAUSES = ("pilot.clause_checked", "pilot.clause_waived")
VERBS = (*(verb for verb in TURNS if ":" not in verb), *CLAUSES)


def waited_by_pilot(pilots: Sequence[Pilot], at: datetime) -> dict[int, Waited]:
    """Days that each pilot waited for each side, by the pilot's id: two queries."""
    milestones = list(Milestone.objects.filter(pilot__in=pilots).order_by("pk"))
    happened: dict[int, list[Happening]] = {pilot.pk: [] for pilot in pilots}
    for each in milestones:
        happened[each.pilot_id] += _due(each)
    owner = {each.pk: each.pilot_id for each in milestones}
    for event in _events([pilot.pk for pilot in pilots], list(owner)):
        is_money = event.subject_type == Milestone._meta.label_lower
        happened[owner[event.subject_id] if is_money else event.subject_id].append(_happening(event))
    return {pilot: waited(known, at) for pilot, known in happened.items()}


def waited_for_money(milestones: Sequence[Milestone], at: datetime) -> Waited:
    """The days that work and payment alone waited: one query."""
    happened = [each for milestone in milestones for each in _due(milestone)]
    events = _events([], [milestone.pk for milestone in milestones])
    return waited([*happened, *map(_happening, events)], at)


def _events(pilots: Sequence[int], milestones: Sequence[int]) -> Sequence[Event]:
    of_pilots = Q(subject_type=Pilot._meta.label_lower, subject_id__in=pilots)
    of_money = Q(subject_type=Milestone._meta.label_lower, subject_id__in=milestones)
    return list(Event.objects.filter(of_pilots | of_money, verb__in=VERBS).order_by("at", "pk"))


def _happening(event: Event) -> Happening:
    if event.verb in CLAUSES:
        return Happening(f"clause {event.data['clause']}", f"clause:{event.data['verdict']}", event.at)
    if event.subject_type == Milestone._meta.label_lower:
        return Happening(f"milestone {event.subject_id}", event.verb, event.at)
    choice = f":{event.data.get('choice')}" if event.verb == "pilot.gate_decided" else ""
    return Happening("pilot", event.verb + choice if event.verb + choice in TURNS else event.verb, event.at)


def _due(milestone: Milestone) -> list[Happening]:
    """Work is late from the day after it was due."""
    return [
        Happening(f"milestone {milestone.pk}", "milestone.due", first_instant(milestone.due_on + timedelta(days=1)))
    ]
