"""Milestones: agreed beforehand, accepted, invoiced, paid on a clock of thirty days; never by the verdict (P7)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import CouncilRole
from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from challenges.money import money
from marketplace.dashboards.pilots_of import lines_for
from pilots import actions, queries
from pilots.models import Milestone, Pilot
from pilots.rules import first_instant, local_day
from tests.factories import council, member_with, move_clock_to, person
from tests.factories import pilots as factory
from tests.factories.suppliers import signed_in

pytestmark = pytest.mark.django_db


def milestone_of(pilot: Pilot, **values: Any) -> Milestone:
    usual = {"number": 1, "title": "Counters stand", "amount": Decimal(5000), "due_on": local_day(clock.now())}
    return Milestone.objects.create(pilot=pilot, **usual | values)


def step(milestone: Milestone, name: str, actor: Any, note: str = "") -> None:
    actions.step_milestone(milestone=milestone, step=name, actor=actor, at=clock.now(), note=note)


def waits_for(who: Any) -> list[tuple[str, bool]]:
    """What “Your work” says of milestones to this person, and whether it is late."""
    lines = lines_for(who, clock.now())
    return [(line.what, line.is_late) for line in lines if line.url.endswith("/milestones/1/")]


def wait(days: int) -> None:
    move_clock_to(clock.now() + timedelta(days=days))


def test_milestones_are_set_before_the_start_and_within_the_published_money() -> None:
    pilot = factory.pilot_in("planned")
    path, manager = f"/workspace/pilots/{pilot.slug}/milestones/", signed_in(factory.manager_of(pilot))
    assert "No milestone is set yet" in manager.get(path).content.decode()
    typed = {
        "form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "form-0-title": "Counters stand", "form-0-amount": "900000",
        "form-0-due_on": "2027-01-01", "form-1-title": "Removed", "form-1-amount": "1000",
        "form-1-due_on": "2027-06-01",
    }  # fmt: skip
    over = manager.post(f"{path}set/", typed)
    assert (over.status_code, "was published for a pilot" in over.content.decode()) == (422, True)
    assert "Counters stand" in over.content.decode()
    assert manager.post(f"{path}set/", typed | {"form-0-title": " "}).status_code == 422
    assert manager.post(f"{path}set/", typed | {"form-0-amount": "9000"}).status_code == 302
    assert [milestone.amount for milestone in pilot.milestones.order_by("number")] == [9000, 1000]
    agreed = [actions.Agreed("Counters stand", Decimal(1), local_day(clock.now()))]
    for wrong in (pilot.supplier.members.get().user, person(council(), CouncilRole.OWNER)):
        with pytest.raises(NotPermitted):
            actions.set_milestones(pilot=pilot, agreed=agreed, actor=wrong, at=clock.now())
    Pilot.objects.filter(pk=pilot.pk).update(state="dropped")
    with pytest.raises(Refused) as late:
        actions.set_milestones(pilot=pilot, agreed=agreed, actor=factory.manager_of(pilot), at=clock.now())
    assert late.value.sentences == ["The pilot has started: its milestones stand as they were agreed."]


def test_each_side_takes_its_steps_and_the_days_it_let_the_other_wait_are_counted() -> None:
    pilot = factory.pilot_in("running")
    move_clock_to(first_instant(local_day(clock.now()) + timedelta(days=1)))
    milestone = milestone_of(pilot)
    member, manager = pilot.supplier.members.get().user, factory.manager_of(pilot)
    lead, owner = member_with(pilot.challenge.council, CouncilRole.PROCUREMENT_LEAD), factory.decider_of(pilot)
    walk = [
        (4, "deliver", member, "They stand; see the photographs."), (2, "return", manager, "Two are missing."),
        (3, "deliver", member, "All twelve."), (1, "accept", owner, ""), (5, "invoice", member, "2027-014"),
    ]  # fmt: skip
    refused: list[tuple[str, Any, str]] = [
        ("deliver", manager, "Done."), ("deliver", person(council(), CouncilRole.OWNER), "Done."), ("pay", lead, "")
    ]  # fmt: skip
    other = {member: manager, manager: member, owner: member}
    for name, wrong, note in refused:
        with pytest.raises(Refused):
            step(milestone, name, wrong, note)
    for days, name, actor, note in walk:
        wait(days)
        assert (len(waits_for(actor)), len(waits_for(other[actor]))) == (1, 0)
        step(milestone, name, actor, note)
        with pytest.raises(Refused):
            step(milestone, name, actor, note)
    assert milestone.pay_by == local_day(clock.now()) + timedelta(days=30)
    with pytest.raises(NotPermitted):
        step(milestone, "pay", owner)
    assert (waits_for(owner), waits_for(lead)) == ([], [("Pay milestone 1", False)]), "who accepted does not pay"
    wait(31)
    assert (waits_for(member), waits_for(lead)) == ([], [("Pay milestone 1", True)])
    assert queries.is_paid_late(milestone, clock.now())
    step(milestone, "pay", lead, "BACS 77")

    found = queries.waited_for_money([milestone], clock.now())
    assert (found.supplier, found.council) == (3 + 3 + 5, 2 + 1 + 31), "late from the day after it was due"
    assert queries.waited_by_pilot([pilot], clock.now())[pilot.pk].council >= found.council
    verbs = Event.objects.about(milestone).order_by("pk").values_list("verb", flat=True)
    assert [verb.removeprefix("milestone.") for verb in verbs] == [
        "delivered", "returned", "delivered", "accepted", "invoiced", "paid",
    ]  # fmt: skip


@pytest.mark.parametrize(("effect", "choice"), [(0.0, "stop"), (-3.0, "extend")])
def test_P7_payment_follows_acceptance_whatever_the_verdict(effect: float, choice: str) -> None:
    pilot = factory.pilot_in("decided", effect=effect, choice=choice)
    milestone = milestone_of(pilot)
    member, desk = pilot.supplier.members.get().user, f"/workspace/pilots/{pilot.slug}/milestones/1/"
    supplier, manager = signed_in(member), signed_in(factory.manager_of(pilot))
    lead = signed_in(member_with(pilot.challenge.council, CouncilRole.PROCUREMENT_LEAD))
    steps = [
        (supplier, "deliver", ""), (supplier, "deliver", "Removed."), (supplier, "accept", ""), (manager, "accept", ""),
        (supplier, "invoice", "2027-015"), (manager, "pay", ""), (lead, "pay", ""), (lead, "pay", ""),
    ]  # fmt: skip
    answers = [who.post(desk, {"step": name, "note": note}).status_code for who, name, note in steps]
    assert answers == [422, 302, 403, 302, 302, 403, 302, 409]
    milestone.refresh_from_db()
    assert (milestone.state, milestone.paid_on) == ("paid", local_day(clock.now()))
    gates = manager.get(f"/workspace/pilots/{pilot.slug}/gates/").content.decode()
    assert (gates.count("Gate "), "Everything agreed is accepted and paid" in gates) == (5, True)
    page = manager.get(f"/workspace/pilots/{pilot.slug}/milestones/").content.decode()
    assert "Work and payment waited 0 days for the council and 0 days for the supplier." in page
    public = manager.get(f"/pilots/{pilot.slug}/").content.decode()
    assert f"The pilot costs {money(milestone.amount)} without VAT; all of it is paid." in public
    otherwise = "The registered rule proposed “scale”: this was decided otherwise" in public
    assert (otherwise, "The rule had proposed “scale”." in public) == (choice == "extend", choice == "extend")
    assert ("It is what the registered rule proposed." in public) == (choice == "stop")
