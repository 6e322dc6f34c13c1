"""What happened to pilots, read from the record for the rule that counts who let whom wait."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from audit.models import Event
from pilots.models import GateItem, Milestone, Pilot
from pilots.rules import OF_CLOSING, first_instant
from pilots.waiting import OVER, TURNS, Happening, Waited, waited

CLAUSES = ("pilot.clause_checked", "pilot.clause_waived")
RECORDED, ENDED, DECIDED = "pilot.gate_recorded", "pilot.ended_early", "pilot.gate_decided"
GOES_ON_OR_CLOSED = ("pilot.extended", "pilot.closed")
VERBS = (*(verb for verb in TURNS if ":" not in verb), *CLAUSES, RECORDED)


def waited_by_pilot(pilots: Sequence[Pilot], at: datetime) -> dict[int, Waited]:
    """Days that each pilot waited for each side, by the pilot's id: two queries."""
    milestones = list(Milestone.objects.filter(pilot__in=pilots).order_by("pk"))
    happened: dict[int, list[Happening]] = {pilot.pk: [] for pilot in pilots}
    for each in milestones:
        happened[each.pilot_id] += _due(each)
    owner = {each.pk: each.pilot_id for each in milestones}
    for event in _events([pilot.pk for pilot in pilots], list(owner)):
        is_money = event.subject_type == Milestone._meta.label_lower
        happened[owner[event.subject_id] if is_money else event.subject_id] += _happenings(event)
    return {pilot: waited(known, at) for pilot, known in happened.items()}


def waited_for_money(milestones: Sequence[Milestone], at: datetime) -> Waited:
    """The days that work and payment alone waited: one query."""
    happened = [each for milestone in milestones for each in _due(milestone)]
    pilots = {milestone.pilot_id for milestone in milestones}
    events = _events(list(pilots), [milestone.pk for milestone in milestones])
    happened += [each for event in events for each in _happenings(event) if _is_about_money(each)]
    return waited(happened, at)


def _is_about_money(happening: Happening) -> bool:
    """Work and payment, and the end of the pilot, with which undone work is asked for no more."""
    return happening.matter.startswith("milestone") or happening.what in OVER


def _events(pilots: Sequence[int], milestones: Sequence[int]) -> Sequence[Event]:
    of_pilots = Q(subject_type=Pilot._meta.label_lower, subject_id__in=pilots)
    of_money = Q(subject_type=Milestone._meta.label_lower, subject_id__in=milestones)
    return list(Event.objects.filter(of_pilots | of_money, verb__in=VERBS).order_by("at", "pk"))


def _happenings(event: Event) -> Iterator[Happening]:
    if event.verb in CLAUSES:
        yield Happening(f"clause {event.data['clause']}", f"clause:{event.data['verdict']}", event.at)
    elif event.verb == RECORDED:
        yield from _recorded(event)
    elif event.subject_type == Milestone._meta.label_lower:
        yield Happening(f"milestone {event.subject_id}", event.verb, event.at)
    else:
        choice = f":{event.data.get('choice')}" if event.verb == DECIDED else ""
        what = event.verb + choice if event.verb + choice in TURNS else event.verb
        yield Happening("pilot", what, event.at)
        if what in (ENDED, DECIDED, *GOES_ON_OR_CLOSED):
            turn = "end.recorded" if what in GOES_ON_OR_CLOSED else "end.asked"
            yield from (Happening(f"end {item}", turn, event.at) for item in OF_CLOSING)


def _recorded(event: Event) -> Iterator[Happening]:
    """Equipment that is still there waits for its supplier; whatever else is recorded waits for nobody."""
    item = event.data["item"]
    if item in OF_CLOSING:
        is_there = item == GateItem.REMOVAL and not event.data["is_so"]
        yield Happening(f"end {item}", "end.still_there" if is_there else "end.recorded", event.at)


def _due(milestone: Milestone) -> list[Happening]:
    """Work is late from the day after it was due."""
    return [
        Happening(f"milestone {milestone.pk}", "milestone.due", first_instant(milestone.due_on + timedelta(days=1)))
    ]
