"""What a gate asks and nothing here can tell: established by a person, with who answers for it and the day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from audit.actors import Actor
from audit.models import Visibility
from audit.transitions import NotPermitted, Refused, lock, stands
from pilots import rules, saying
from pilots.actions.noting import note
from pilots.models import GateItem, GateRecord, Pilot

MOST_YEARS = 50


@dataclass(frozen=True)
class Established:
    """What was found: whether it is so, who answers for it, the day, the words; of a cost its pounds and years."""

    item: str
    owner: str
    on: date
    words: str
    is_so: bool = True
    amount: Decimal | None = None
    years: int | None = None


@transaction.atomic
def record_gate(*, pilot: Pilot, found: Established, actor: Actor, at: datetime) -> GateRecord:
    """Record what was found about something that gate 4 or 6 asks; the last record counts, earlier ones stay.

    What closing asks for is public, whichever way it went.
    """
    lock(pilot)
    if not rules.may_record_gate(actor, pilot):
        raise NotPermitted("Only the council's problem owner, procurement lead or pilot manager records this.")
    if sentences := list(_wrong(pilot, found, at)):
        raise Refused(*sentences)
    record = GateRecord.objects.create(
        pilot=pilot, item=found.item, is_so=found.is_so, owner=found.owner.strip(), on=found.on,
        words=found.words.strip(), amount=found.amount, years=found.years, recorded_at=at, recorded_by=actor.actor_key,
    )  # fmt: skip
    visibility = Visibility.PUBLIC if found.item in rules.OF_CLOSING else Visibility.COUNCIL
    note("pilot.gate_recorded", pilot, actor, at, visibility, item=found.item, is_so=found.is_so)
    return record


def _wrong(pilot: Pilot, found: Established, at: datetime) -> Iterator[str]:
    if found.item not in GateItem.values:
        yield "No gate asks this."
    elif not rules.takes_gate_record(pilot, found.item):
        yield _why_not_now(pilot, found.item)
    elif pilot.started_at and not rules.local_day(pilot.started_at) <= found.on <= rules.local_day(at):
        yield "The day lies between the start of the pilot and today."
    if not found.owner.strip() or not found.words.strip():
        yield "Say who answers for it, and what was found."
    if found.item == GateItem.COST and not (found.amount and found.amount > 0 and 0 < (found.years or 0) <= MOST_YEARS):
        yield f"Give the whole cost in pounds, and for how many years: one to {MOST_YEARS}."
    if found.item in rules.OF_CLOSING and (what := saying.identifying(found.words)):
        yield f"This is published, and it has {what} in it: leave it out."


def _why_not_now(pilot: Pilot, item: str) -> str:
    if item in rules.OF_CLOSING:
        return f"{stands(pilot)}: this is recorded between the decision and the closing, or once it was ended early."
    return f"{stands(pilot)}: whether it is fit to run shows once it has started."
