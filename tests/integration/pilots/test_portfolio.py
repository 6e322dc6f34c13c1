"""Many pilots at a glance: what is late, what waits for whom, filters, and the same number of queries for 1 and 42."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import CouncilRole
from pilots import actions, ordering
from pilots.models import Pilot
from pilots.portfolio import Glance
from pilots.rules import first_instant, local_day
from tests.factories import council, member_with, move_clock_to, person
from tests.factories import pilots as factory
from tests.factories.suppliers import signed_in

pytestmark = pytest.mark.django_db
PUBLIC, OWN = "/pilots/overview/", "/workspace/pilots/"


def glances(path: str, client: Client | None = None) -> list[Glance]:
    return list((client or Client()).get(path).context["glances"])


def waits(glance: Glance) -> list[tuple[str, str, date | None]]:
    return [(wait.who, wait.what, wait.since) for wait in glance.waits]


def slugs(path: str) -> list[str]:
    return sorted(pilot.slug for pilot in Client().get(path).context["pilots"])


def test_it_says_whom_a_pilot_waits_for_and_since_when() -> None:
    pilot = factory.pilot_in("planned")
    manager = signed_in(factory.manager_of(pilot))
    planned = glances(OWN, manager)[0]
    assert (waits(planned), glances(PUBLIC)) == (
        [("The council", "register the plan", local_day(pilot.created_at))], [],
    )  # fmt: skip
    factory.register(pilot)
    factory.make_ready(pilot)
    pilot.refresh_from_db()
    ready = glances(OWN, manager)[0]
    assert (ready.next_word, ready.next_on, waits(ready)[0][1]) == ("Starts", pilot.starts_on, "start the pilot")
    move_clock_to(first_instant(pilot.starts_on + timedelta(days=1)))
    assert [glance.late for glance in glances(PUBLIC)] == [f"It was to start on {words(pilot.starts_on)}."]


def test_a_running_pilot_is_late_when_its_readings_stop_and_when_nobody_decides() -> None:
    pilot = factory.pilot_in("running")
    begun, quiet = first_instant(pilot.starts_on + timedelta(days=9)), pilot.starts_on + timedelta(weeks=4)
    requirement = pilot.challenge.clause_requirements.filter(due="during_pilot").first()
    move_clock_to(begun)
    factory.send(pilot, factory.weekly_rows(pilot, pilot.baseline_starts_on, pilot.starts_on + timedelta(days=7)))
    if requirement:
        actions.check_clause(
            pilot=pilot, requirement=requirement, verdict="not_met", evidence="A sign-in page.",
            actor=factory.manager_of(pilot), at=begun,
        )  # fmt: skip
    last = pilot.starts_on + timedelta(days=7)
    assert [(each.late, each.last_reading) for each in glances(PUBLIC)] == [("", last)]
    assert (slugs("/pilots/?time=late"), slugs("/pilots/?time=in_time")) == ([], [pilot.slug])
    move_clock_to(first_instant(quiet))
    stopped = glances(PUBLIC)[0]
    assert stopped.late == "No reading for 21 days."
    assert ("The supplier", "readings have stopped", last) in waits(stopped)
    assert not requirement or ("The supplier", "1 clause not met", local_day(begun)) in waits(stopped)
    assert (slugs("/pilots/?time=late"), slugs("/pilots/?time=in_time")) == ([pilot.slug], [])


def test_after_the_decision_date_the_pilot_is_late_and_the_result_filters() -> None:
    pilot = factory.pilot_in("evaluating")
    computed = pilot.evaluations.get(kind="registered").computed_at
    waiting = glances(PUBLIC)[0]
    assert (waiting.late, waits(waiting)) == ("", [("The council", "decide the gate", local_day(computed))])
    move_clock_to(first_instant(pilot.decision_on + timedelta(days=1)))
    assert glances(PUBLIC)[0].late == f"The decision was due on {words(pilot.decision_on)}."
    here, none = [pilot.slug], []
    street = pilot.sites.earliest("pk").name
    found = {
        query: slugs(f"/pilots/?{query}")
        for query in (
            "verdict=scale", "verdict=stop", "decision=scale", "state=evaluating", "state=running", "time=late",
            f"council={pilot.challenge.council.slug}", f"text={pilot.challenge.title.split()[0]}", "text=nowhere",
            f"text={street}",
            "state=planned", "verdict=bad",
        )
    }  # fmt: skip
    assert list(found.values()) == [here, none, none, here, none, here, here, here, none, here, here, here]


def test_everybody_sees_their_own_and_nobody_elses() -> None:
    pilot = factory.pilot_in("planned")
    council_, supplier = pilot.challenge.council, pilot.supplier.members.get().user
    stranger = person(council(), CouncilRole.PILOT_MANAGER)
    people = [member_with(council_, CouncilRole.OWNER), factory.manager_of(pilot), supplier, stranger]
    assert [len(glances(OWN, signed_in(who))) for who in people] == [1, 1, 1, 0]
    assert Client().get(OWN).status_code == 302


@pytest.mark.parametrize("rows", [1, 42])
def test_one_pilot_and_forty_two_cost_the_same(rows: int, django_assert_num_queries: Any) -> None:
    pilot = factory.pilot_in("registered")
    copies(pilot, rows)
    manager = signed_in(factory.manager_of(pilot))
    # The clock (2), the page, its sum, the councils to choose from, nine about them all.
    with django_assert_num_queries(14):
        assert len(glances(PUBLIC)) == rows
    with django_assert_num_queries(20):  # the four that a signed-in person costs, and two about who let whom wait
        assert len(glances(OWN, manager)) == rows
    with django_assert_num_queries(32):  # what waits in pilots is listed on the desk, at the same price
        assert len(manager.get("/workspace/").context["in_pilots"]) == min(rows, 40)


def test_every_order_is_walked_page_by_page_and_shows_each_pilot_once() -> None:
    pilot = factory.pilot_in("registered")
    copies(pilot, 12)
    for number, row in enumerate(Pilot.objects.order_by("pk")):
        ahead = pilot.starts_on + timedelta(days=7 * (number % 5) - 7)
        Pilot.objects.filter(pk=row.pk).update(starts_on=ahead, state=("registered", "closed", "running")[number % 3])
    today = pilot.starts_on
    for order in ordering.KEYS:
        whole = [each.pk for each in ordering.in_order(Pilot.objects.all(), order, today)]
        walked, rest = [], ordering.in_order(Pilot.objects.all(), order, today)
        while page := [each.pk for each in rest[:5]]:
            walked += page
            rest = ordering.after(ordering.in_order(Pilot.objects.all(), order, today), order, page[-1], today)
        assert (walked, len(set(walked))) == (whole, 12), order
    oldest = Pilot.objects.filter(state="closed").earliest("pk")
    Pilot.objects.filter(pk=oldest.pk).update(state="ended")
    asked = [each.state for each in ordering.in_order(Pilot.objects.all(), ordering.ATTENTION, today)]
    assert asked.index("ended") < asked.index("closed"), "an end that nobody recorded waits, though it is the oldest"
    late = [bool(glance.late) for glance in glances(f"{PUBLIC}?order=nonsense")]
    assert late == sorted(late, reverse=True)
    newest = [each.pilot.pk for each in glances(f"{PUBLIC}?order=newest")]
    assert newest == sorted(newest, reverse=True)
    page = Client().get(f"{PUBLIC}?order=newest&text=nothing").content.decode()
    assert "No pilot fits these filters" in page


def copies(pilot: Pilot, rows: int) -> None:
    submission = factory.selected_item(pilot.challenge).submission
    for number in range(1, rows):
        copy, supplier = Pilot.objects.get(pk=pilot.pk), submission.supplier
        supplier.pk, supplier.public_id, supplier.company_number = None, uuid4(), f"9{number:07d}"
        supplier.save(force_insert=True)
        submission.pk, submission.public_id, submission.pseudonym = None, uuid4(), f"copy {number}"
        submission.supplier = supplier
        submission.save(force_insert=True)
        copy.pk, copy.slug, copy.public_id, copy.submission_id = None, f"copy-{number}", uuid4(), submission.pk
        copy.save(force_insert=True)


def words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
