"""Milestones: agreed beforehand, done, accepted, invoiced, paid within 30 days; never by the verdict (P7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import User
from audit.transitions import NotPermitted, Refused, lock, perform
from challenges.money import money
from pilots import rules
from pilots.actions.noting import note
from pilots.models import Milestone, MilestoneState, MilestoneStep, Pilot, PilotState

DAYS_TO_PAY = 30
STEPS = {
    "deliver": MilestoneState.DELIVERED,
    "return": MilestoneState.AHEAD,
    "accept": MilestoneState.ACCEPTED,
    "invoice": MilestoneState.INVOICED,
    "pay": MilestoneState.PAID,
}


@dataclass(frozen=True)
class Agreed:
    """A milestone to set: what is done, until when, for how much."""

    title: str
    amount: Decimal
    due_on: date


@transaction.atomic
def set_milestones(*, pilot: Pilot, agreed: Sequence[Agreed], actor: User, at: datetime) -> None:
    """Set what is paid for, before the pilot starts; it adds up to no more than was published for a pilot."""
    lock(pilot)
    if not rules.may_accept(actor, pilot):
        raise NotPermitted("Only the council's pilot manager or problem owner sets the milestones.")
    if sentences := _wrong(pilot, agreed):
        raise Refused(*sentences)
    pilot.milestones.all().delete()
    for number, each in enumerate(agreed, 1):
        Milestone.objects.create(
            pilot=pilot, number=number, title=each.title.strip(), amount=each.amount, due_on=each.due_on
        )
    total = str(sum(each.amount for each in agreed))
    note("pilot.milestones_set", pilot, actor, at, number=len(agreed), sum=total)


@transaction.atomic
def step_milestone(*, milestone: Milestone, step: str, actor: User, at: datetime, note: str = "") -> None:
    """Take one step: deliver, return or accept, invoice (`note` is its number), pay.

    An invoice starts a clock of 30 days. No step asks for a result: what was accepted is paid after any verdict, and
    after an early end (P7).
    """
    if step not in STEPS:
        raise Refused("Say what became of the milestone.")
    lock(milestone)
    perform(milestone, step, actor=actor, at=at, reason=note, changes=_changes(step, note, actor, at))
    MilestoneStep.objects.create(
        milestone=milestone, became=STEPS[step], taken_at=at, taken_by=actor.actor_key, note=note.strip()
    )


def _changes(step: str, note: str, actor: User, at: datetime) -> dict[str, Any]:
    today = rules.local_day(at)
    if step == "accept":
        return {"accepted_by": actor.actor_key}
    if step == "invoice":
        if not note.strip():
            raise Refused("Give the number of the invoice.")
        return {"invoice": note.strip()[:60], "pay_by": today + timedelta(days=DAYS_TO_PAY)}
    return {"paid_on": today} if step == "pay" else {}


def _wrong(pilot: Pilot, agreed: Sequence[Agreed]) -> list[str]:
    most, currency = pilot.challenge.pilot_budget, pilot.challenge.currency
    total = sum((each.amount for each in agreed), Decimal(0))
    checks = (
        (
            pilot.state in (PilotState.PLANNED, PilotState.REGISTERED),
            "The pilot has started: its milestones stand as they were agreed.",
        ),
        (bool(agreed), "Name at least one milestone."),
        (all(each.title.strip() for each in agreed), "Say of each milestone what is done."),
        (all(each.amount > 0 for each in agreed), "Each milestone has an amount above zero."),
        (
            most is None or total <= most,
            f"They add up to {money(total, currency)}; {money(most, currency)} was published for a pilot.",
        ),
    )
    return [sentence for is_right, sentence in checks if not is_right]
