"""Reads about milestones: what waits for whom, and how many days each side has let the other wait."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from pilots.models import Milestone, MilestoneState, MilestoneStep, Pilot
from pilots.rules import first_instant, local_day

COUNCIL, SUPPLIER = "council", "supplier"
WAITS_FOR: dict[str, str] = {
    MilestoneState.AHEAD: SUPPLIER,
    MilestoneState.DELIVERED: COUNCIL,
    MilestoneState.ACCEPTED: SUPPLIER,
    MilestoneState.INVOICED: COUNCIL,
}


@dataclass(frozen=True)
class Waited:
    """Whole days that work and payment waited for the council, and for the supplier."""

    council: int = 0
    supplier: int = 0


def milestones_of(pilot: Pilot) -> QuerySet[Milestone]:
    """The milestones of a pilot in their order, with their steps: two queries."""
    return pilot.milestones.prefetch_related(_steps()).order_by("number")


def waited(milestones: Iterable[Milestone], at: datetime) -> Waited:
    """Over all of these milestones (with their steps); work counts as late from the day after it was due."""
    seconds = {COUNCIL: 0.0, SUPPLIER: 0.0}
    for milestone in milestones:
        for state, began, ended in _spans(milestone, at):
            if state in WAITS_FOR and ended > began:
                seconds[WAITS_FOR[state]] += (ended - began).total_seconds()
    return Waited(**{side: int(found // 86_400) for side, found in seconds.items()})


def waited_by_pilot(pilots: Sequence[Pilot], at: datetime) -> dict[int, Waited]:
    """The same for several pilots, by the pilot's id: two queries."""
    found: dict[int, list[Milestone]] = {pilot.pk: [] for pilot in pilots}
    for milestone in Milestone.objects.filter(pilot__in=pilots).prefetch_related(_steps()).order_by("pk"):
        found[milestone.pilot_id].append(milestone)
    return {pilot: waited(milestones, at) for pilot, milestones in found.items()}


def is_paid_late(milestone: Milestone, at: datetime) -> bool:
    """Whether an invoice was not paid within its thirty days."""
    last = milestone.paid_on or local_day(at)
    return milestone.pay_by is not None and last > milestone.pay_by


def _steps() -> "Prefetch[Any]":
    return Prefetch("steps", MilestoneStep.objects.order_by("taken_at", "pk"))


def _spans(milestone: Milestone, at: datetime) -> list[tuple[str, datetime, datetime]]:
    """Each state that a milestone was in, from when and until when."""
    moments = [(str(MilestoneState.AHEAD), first_instant(milestone.due_on))]
    moments += [(step.became, step.taken_at) for step in milestone.steps.all()]
    ends = [began for _, began in moments[1:]] + [at]
    return [(state, began, ended) for (state, began), ended in zip(moments, ends, strict=True)]
