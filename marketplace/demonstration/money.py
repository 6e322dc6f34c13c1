"""What a demonstration pilot pays for, week by week; and the one thing that goes wrong."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from accounts.models import User
from audit import clock
from pilots import actions as piloting
from pilots.actions import Agreed, Found
from pilots.models import Incident, Pilot

FIRST_SHARE = Decimal("0.6")
STEPS = {1: "deliver", 2: "accept", 3: "invoice", 5: "pay"}  # by the week of the pilot
NOTES = {"deliver": "Everything stands; the photographs are in the shared folder.", "pay": "Paid by BACS."}


def agree(pilot: Pilot, price: Decimal, days: Mapping[str, date], manager: User) -> None:
    """Two milestones: most of the money once it stands, the rest when it is cleared away."""
    first = (price * FIRST_SHARE).quantize(Decimal(1))
    agreed = [
        Agreed("Everything is installed and reports", first, days["starts_on"] + timedelta(days=5)),
        Agreed("Taken away, or handed over", price - first, days["decision_on"] + timedelta(days=14)),
    ]
    piloting.set_milestones(pilot=pilot, agreed=agreed, actor=manager, at=clock.now())


def go_on(pilot: Pilot, week: int, people: Mapping[str, User]) -> None:
    """The step of the first milestone that falls into this week."""
    step = STEPS.get(week)
    if step is None:
        return
    actors = {"accept": people["pilot_manager"], "pay": people["procurement_lead"]}
    actor = actors.get(step) or _of_supplier(pilot)
    note = f"INV-{pilot.pk:04}" if step == "invoice" else NOTES.get(step, "")
    piloting.step_milestone(milestone=pilot.milestones.get(number=1), step=step, actor=actor, at=clock.now(), note=note)


def go_wrong(pilot: Pilot, week: int, people: Mapping[str, User]) -> None:
    """An incident in the second week, closed in the fourth."""
    if week == 2:
        found = Found(
            "service", "Two places reported nothing for a night", "A mast of the mobile network was down until noon.",
            clock.now() - timedelta(hours=6),
        )  # fmt: skip
        piloting.record_incident(pilot=pilot, found=found, actor=_of_supplier(pilot), at=clock.now())
    if week == 4:
        incident, manager = Incident.objects.get(pilot=pilot), people["pilot_manager"]
        said = "The devices keep a day of readings now and send them later; the night arrived on Monday."
        piloting.add_to_incident(incident=incident, text=said, actor=_of_supplier(pilot), at=clock.now())
        piloting.close_incident(
            incident=incident, reason="Readings are kept for a day when the network is down.", actor=manager,
            at=clock.now(),
        )  # fmt: skip


def _of_supplier(pilot: Pilot) -> User:
    return pilot.supplier.members.select_related("user").order_by("pk")[0].user
