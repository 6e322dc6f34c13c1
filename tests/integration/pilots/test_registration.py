"""Planning and registering: measures are frozen before the first reading of the pilot period (P1)."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.models import CouncilRole
from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from challenges.models import Design
from pilots import actions, plans
from pilots.models import Pilot
from pilots.rules import first_instant, local_day
from tests.factories import council, member_with, person
from tests.factories import pilots as factory
from work.models import DueWork

pytestmark = pytest.mark.django_db


@pytest.fixture
def planned() -> Pilot:
    return factory.pilot_in("planned")


def register(pilot: Pilot, reason: str = "", **values: object) -> None:
    actions.register_plan(
        pilot=pilot, registration=factory.registration(pilot, **values), actor=factory.manager_of(pilot),
        at=clock.now(), reason=reason,
    )  # fmt: skip


def test_a_selected_submission_is_planned_once(planned: Pilot) -> None:
    item = planned.submission.decision_items.get()
    with pytest.raises(Refused) as refused:
        actions.plan_pilot(item=item, actor=factory.manager_of(planned), at=clock.now())
    assert refused.value.sentences == ["The pilot of this submission is planned already."]


def test_only_the_councils_people_plan(planned: Pilot) -> None:
    item = factory.selected_item(planned.challenge)
    stranger = person(council(), CouncilRole.PILOT_MANAGER)
    auditor = member_with(planned.challenge.council, CouncilRole.AUDITOR)
    for actor in (stranger, auditor):
        with pytest.raises(NotPermitted):
            actions.plan_pilot(item=item, actor=actor, at=clock.now())


def test_P1_metrics_are_the_published_measures(planned: Pilot) -> None:
    outcome = planned.challenge.outcomes.get()
    metric = planned.metrics.get()
    assert (metric.role, metric.name, metric.unit, metric.direction) == (
        outcome.role, outcome.name, outcome.unit, outcome.direction,
    )  # fmt: skip


def test_P1_registration_stores_plan_hash_time_and_author(planned: Pilot) -> None:
    register(planned)
    planned.refresh_from_db()
    assert planned.state == "registered"
    assert planned.plan_sha256 == plans.digest(planned.plan)
    assert planned.registered_by == factory.manager_of(planned).actor_key
    assert planned.plan["minimum_worthwhile_effect"] == "1"
    assert {unit["arm"] for unit in planned.plan["units"]} == {"pilot", "comparison"}


def test_P1_the_public_event_carries_the_hash(planned: Pilot) -> None:
    register(planned)
    event = Event.objects.about(planned).get(verb="pilot.registered")
    assert (event.visibility, event.data["plan_sha256"]) == ("public", planned.plan_sha256)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            {"minimum_worthwhile_effect": Decimal("0.9")},
            "The published minimum is 1 thefts a week per street: a plan may ask for more, never less.",
        ),
        (
            {"harm_limit": Decimal("0.6")},
            "The harm limit published is 0.5 thefts a week per street: a plan may be stricter, never looser.",
        ),
        (
            {"design": Design.BEFORE_AFTER},
            "Published is “Pilot sites beside matched comparison sites”: a plan may compare more strictly, never less.",
        ),
        ({"alpha": Decimal("0.1")}, "The error allowed (alpha) lies above 0 and is at most 0.05."),
    ],
)
def test_P1_registration_adds_and_never_weakens(planned: Pilot, values: dict[str, object], sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        register(planned, **values)
    assert refused.value.sentences == [sentence]


def test_P1_a_stricter_plan_is_taken(planned: Pilot) -> None:
    register(
        planned, minimum_worthwhile_effect=Decimal("1.5"), harm_limit=Decimal(0), design=Design.RANDOMISED,
        alpha=Decimal("0.01"), assignment="Drawn from a hat in public.",
    )  # fmt: skip
    assert (planned.plan["randomised"], planned.plan["alpha"], planned.plan["harm_limit"]) == (True, "0.01", "0")


def test_P1_all_wrong_dates_are_named_at_once(planned: Pilot) -> None:
    today = local_day(clock.now())
    with pytest.raises(Refused) as refused:
        register(
            planned, starts_on=today, baseline_starts_on=today, analysis_on=today, decision_on=today - timedelta(1)
        )
    assert refused.value.sentences == [
        "The pilot has to start after today: measures are registered beforehand.",
        "The baseline has to begin before the pilot starts.",
        "The analysis comes after the last day of the pilot.",
        "The decision cannot come before the analysis.",
    ]


def test_P1_registration_is_refused_once_a_reading_of_the_pilot_period_exists(planned: Pilot) -> None:
    register(planned)
    factory.send(planned, factory.weekly_rows(planned, planned.baseline_starts_on, local_day(clock.now())))
    planned.metrics.get().readings.filter(pk=planned.metrics.get().readings.first().pk).update(
        taken_at=first_instant(planned.starts_on)
    )
    with pytest.raises(Refused) as refused:
        register(planned, reason="The lampposts arrive later.")
    assert refused.value.sentences == [
        "Readings of the pilot period have arrived: its plan cannot be registered any more."
    ]


def test_P1_a_plan_is_registered_again_only_with_a_public_reason_and_names_the_old_one(planned: Pilot) -> None:
    register(planned)
    old = planned.plan_sha256
    with pytest.raises(Refused):
        register(planned)
    register(planned, reason="The lampposts arrive later.", starts_on=planned.starts_on + timedelta(days=7))
    assert (planned.plan["replaces"], planned.state) == (old, "registered")
    assert Event.objects.about(planned).get(verb="pilot.registered_again").reason == "The lampposts arrive later."


def test_P2_whoever_registers_does_not_decide(planned: Pilot) -> None:
    manager = factory.manager_of(planned)
    planned.challenge.council.memberships.create(user=manager, role=CouncilRole.OWNER)
    with pytest.raises(Refused) as refused:
        register(planned, decider=manager)
    assert refused.value.sentences == ["Whoever registers the plan does not decide on its result: name somebody else."]


def test_P2_the_decider_belongs_to_the_council(planned: Pilot) -> None:
    with pytest.raises(Refused) as refused:
        register(planned, decider=person(council(), CouncilRole.OWNER))
    assert refused.value.sentences == ["The decision is made by a problem owner or procurement lead of the council."]


@pytest.mark.parametrize("role", [CouncilRole.OWNER, CouncilRole.PROCUREMENT_LEAD, CouncilRole.AUDITOR])
def test_only_the_pilot_manager_registers(planned: Pilot, role: CouncilRole) -> None:
    with pytest.raises(NotPermitted):
        actions.register_plan(
            pilot=planned, registration=factory.registration(planned), at=clock.now(),
            actor=person(planned.challenge.council, role),
        )  # fmt: skip


def test_P3_looks_are_scheduled_weekly_and_the_result_once(planned: Pilot) -> None:
    register(planned)
    due = DueWork.objects.filter(subject_id=planned.pk)
    assert due.filter(kind="pilot.monitoring").count() == 8
    assert due.get(kind="pilot.registered").due_at == first_instant(planned.analysis_on)


def test_P4_sites_stand_after_registration(planned: Pilot) -> None:
    register(planned)
    with pytest.raises(Refused) as refused:
        actions.set_sites(
            pilot=planned, sites=factory.planned_sites(3), actor=factory.manager_of(planned), at=clock.now()
        )
    assert refused.value.sentences == ["The plan is registered: its sites stand as they were registered."]


def test_sites_and_devices_are_named_once(planned: Pilot) -> None:
    sites = [
        actions.PlannedSite("high-street", "High Street", "comparison", ("c1",)),
        actions.PlannedSite("high-street", "High Street", "comparison", ("c1",)),
    ]
    with pytest.raises(Refused) as refused:
        actions.set_sites(pilot=planned, sites=sites, actor=factory.manager_of(planned), at=clock.now())
    assert refused.value.sentences == [
        "Name at least one site where the pilot is tried.",
        "Each site is named once: high-street appears more often.",
        "Each device stands at one site and is named once: c1 appears more often.",
    ]


def test_P1_the_chances_are_part_of_the_plan(planned: Pilot) -> None:
    register(planned)
    chances = {row["case"]: row for row in planned.plan["foreseen"]["chances"]}
    assert set(chances) == {"zero", "worthwhile", "expected"}
    assert chances["zero"]["scale"] <= 5
    assert chances["expected"]["scale"] > chances["worthwhile"]["scale"]
    assert json.loads(plans.canonical(planned.plan)) == planned.plan
