"""Before the start: clauses, consent, contract (P2); and the start itself."""

from datetime import timedelta

import pytest

from accounts.models import CouncilRole
from audit import clock
from audit.models import Event
from audit.transitions import TABLES, NotPermitted, Refused, objections, perform
from clauses.models import Due
from pilots import actions, queries
from pilots.models import Pilot
from pilots.rules import first_instant
from tests.factories import council, member_with, move_clock_to, person
from tests.factories import pilots as factory

pytestmark = pytest.mark.django_db


@pytest.fixture
def registered() -> Pilot:
    return factory.pilot_in("registered")


def test_P2_every_obstacle_is_named(registered: Pilot) -> None:
    codes = queries.open_clauses(registered, Due.BEFORE_PILOT_START)
    assert codes != []
    assert objections(registered, "start", at=clock.now())[:2] == [
        f"These clauses fall due before the start and are not met yet: {', '.join(codes)}.",
        "Record the consent of those responsible for the sites.",
    ]


def test_start_refuses_while_the_awards_room_is_not_there(registered: Pilot) -> None:
    added = TABLES[Pilot].added.setdefault("start", {})
    awards = added.pop("awards", None)
    try:
        with pytest.raises(Refused) as refused:
            actions.start_pilot(pilot=registered, actor=factory.manager_of(registered), at=clock.now())
    finally:
        if awards is not None:
            added["awards"] = awards
    assert refused.value.sentences == ["This step waits for checks by awards, which are not installed."]


def test_P2_the_last_check_counts(registered: Pilot) -> None:
    requirement = registered.challenge.clause_requirements.filter(due=Due.BEFORE_PILOT_START).first()
    factory.settle_clauses(registered)
    actions.check_clause(
        pilot=registered, requirement=requirement, verdict="not_met", evidence="The certificate has expired.",
        actor=factory.manager_of(registered), at=clock.now(),
    )  # fmt: skip
    assert queries.open_clauses(registered, Due.BEFORE_PILOT_START) == [requirement.code]


def test_P2_a_waiver_needs_a_second_person_and_a_public_reason(registered: Pilot) -> None:
    requirement = registered.challenge.clause_requirements.filter(due=Due.BEFORE_PILOT_START).first()
    manager = factory.manager_of(registered)
    lead = member_with(registered.challenge.council, CouncilRole.PROCUREMENT_LEAD)
    waive = {"pilot": registered, "requirement": requirement, "at": clock.now()}

    with pytest.raises(Refused, match="nobody has"):
        actions.waive_clause(**waive, actor=lead, reason="Not needed.")
    actions.check_clause(**waive, actor=manager, verdict="not_met", evidence="No contact named.")
    with pytest.raises(NotPermitted):
        actions.waive_clause(**waive, actor=manager, reason="Not needed.")
    registered.challenge.council.memberships.create(user=manager, role=CouncilRole.PROCUREMENT_LEAD)
    with pytest.raises(Refused, match="a second person has to waive it"):
        actions.waive_clause(**waive, actor=manager, reason="Not needed.")
    with pytest.raises(Refused, match="Give a reason"):
        actions.waive_clause(**waive, actor=lead, reason=" ")
    actions.waive_clause(**waive, actor=lead, reason="A contact follows within a week.")

    assert requirement.code not in queries.open_clauses(registered, Due.BEFORE_PILOT_START)
    event = Event.objects.about(registered).get(verb="pilot.clause_waived")
    assert (event.visibility, event.reason) == ("public", "A contact follows within a week.")


def test_P2_consent_is_recorded_once_with_who_agreed(registered: Pilot) -> None:
    consent = {"pilot": registered, "actor": factory.manager_of(registered), "at": clock.now()}
    with pytest.raises(Refused, match="Name who is responsible"):
        actions.give_site_consent(**consent, note="")
    actions.give_site_consent(**consent, note="The highways manager agreed by letter.")
    with pytest.raises(Refused, match="recorded already"):
        actions.give_site_consent(**consent, note="Again.")


def test_the_first_start_moves_the_challenge_and_the_second_leaves_it(registered: Pilot) -> None:
    factory.start(registered)
    other = factory.pilot_in("running", item=factory.selected_item(registered.challenge))
    registered.challenge.refresh_from_db()
    assert (registered.state, other.state, registered.challenge.state) == ("running", "running", "piloting")
    assert Event.objects.filter(verb="challenge.piloting", challenge_id=registered.challenge_id).count() == 1


def test_a_repeated_start_is_refused(registered: Pilot) -> None:
    factory.start(registered)
    with pytest.raises(Refused) as refused:
        actions.start_pilot(pilot=registered, actor=factory.manager_of(registered), at=clock.now())
    assert refused.value.sentences == ["The pilot stands at “Running” already: nothing is left to do here."]


def test_a_start_after_the_registered_day_is_refused(registered: Pilot) -> None:
    factory.make_ready(registered)
    at = move_clock_to(first_instant(registered.starts_on + timedelta(days=1)))
    with pytest.raises(Refused, match="has passed: register the plan again with a later one"):
        actions.start_pilot(pilot=registered, actor=factory.manager_of(registered), at=at)


@pytest.mark.parametrize("role", [CouncilRole.OWNER, CouncilRole.AUDITOR])
def test_only_the_pilot_manager_of_this_council_starts(registered: Pilot, role: CouncilRole) -> None:
    factory.make_ready(registered)
    for actor in (person(registered.challenge.council, role), person(council(), CouncilRole.PILOT_MANAGER)):
        with pytest.raises(NotPermitted):
            actions.start_pilot(pilot=registered, actor=actor, at=clock.now())


def test_a_challenge_does_not_start_piloting_without_a_running_pilot(registered: Pilot) -> None:
    with pytest.raises(Refused) as refused:
        perform(registered.challenge, "start_piloting", actor=factory.manager_of(registered), at=clock.now())
    assert refused.value.sentences == ["No pilot of this challenge has started."]
