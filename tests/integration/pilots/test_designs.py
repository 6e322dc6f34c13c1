"""Every design through the product's own path: the form, the readings, the result on its date, and its repetition."""

import html
import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.test import Client

from audit import clock
from challenges.models import Design, Outcome
from pilots import actions, plans, queries
from pilots.models import Arm, Metric, Pilot
from pilots.plan_forms import PlanForm
from pilots.rules import local_day
from tests.factories import pilots as factory
from tests.factories.suppliers import signed_in
from tests.integration.pilots.test_repeating import downloaded, repeat, schema

pytestmark = pytest.mark.django_db


def planned(published: str = Design.MATCHED, pilots: int = 6, others: int = 6) -> Pilot:
    pilot = factory.pilot_in("planned")
    Outcome.objects.update(design=published)
    names = [(Arm.PILOT, number) for number in range(pilots)] + [(Arm.COMPARISON, number) for number in range(others)]
    sites = [actions.PlannedSite(f"{arm}-{number}", f"{arm} {number}", arm) for arm, number in names]
    actions.set_sites(pilot=pilot, sites=sites, actor=factory.manager_of(pilot), at=clock.now())
    return pilot


def typed(pilot: Pilot, design: str, *, before: int, after: int, **values: Any) -> dict[str, Any]:
    starts_on = local_day(clock.now()) + timedelta(weeks=4)
    ends_on = starts_on + timedelta(weeks=after, days=-1)
    return {
        "design": design, "baseline_starts_on": starts_on - timedelta(weeks=before), "starts_on": starts_on,
        "ends_on": ends_on, "analysis_on": ends_on + timedelta(days=3), "decision_on": ends_on + timedelta(days=9),
        "decider": factory.decider_of(pilot).pk, "minimum_worthwhile_effect": "1", "harm_limit": "0.5",
        "lowest": "0", "spread": "0.5", "expected_effect": "2", "assignment": "Drawn from a hat in public.", **values,
    }  # fmt: skip


def registered(pilot: Pilot, values: dict[str, Any]) -> str:
    """Look and register through the page; the words that the look showed."""
    client, path = signed_in(factory.manager_of(pilot)), f"/workspace/pilots/{pilot.slug}/register/"
    page = html.unescape(client.post(path, values | {"step": "look"}).content.decode())
    answer = client.post(path, values | {"step": "register"})
    assert answer.status_code == 302, answer.content.decode()
    pilot.refresh_from_db()
    jsonschema.validate(pilot.plan, schema("plan"))
    return page[page.index('id="chances"') : page.index('class="pf-buttons"')]


def assert_filled_in_again(pilot: Pilot) -> None:
    """The form to register again begins with all that the plan registered: sent as it is, it is the same plan."""
    client, path = signed_in(factory.manager_of(pilot)), f"/workspace/pilots/{pilot.slug}/register/"
    former = plans.former_design(pilot.plan)
    assert former is not None
    assert "Registered now." in client.get(path).content.decode()
    page = client.get(f"{path}?design={former}")
    assert "It begins with the plan that was registered on" in page.content.decode()
    shown = page.context["form"]
    values = {name: shown[name].value() for name in shown.fields}
    form = PlanForm(
        {name: value for name, value in values.items() if value not in (None, False)}, design=shown.chosen,
        context=shown.context, today=shown.today, deciders=[pilot.decider],
    )  # fmt: skip
    assert form.is_valid(), form.errors
    again = plans.content(form.registration, actions.plan_context(pilot))
    assert {key: value for key, value in again.items() if value != pilot.plan[key]} == {}


def measured(pilot: Pilot, rows: list[dict[str, Any]], folder: Path) -> Any:
    """The registered result; repeated from both public files to the same numbers."""
    factory.make_ready(pilot)
    actions.start_pilot(pilot=pilot, actor=factory.manager_of(pilot), at=clock.now())
    factory.evaluate_with(pilot, rows)
    plan, result, analysis, every = downloaded(
        pilot, folder, "plan.json", "result.json", "analysis.csv", "readings.csv"
    )
    published = json.loads(result.read_text())
    for table in (analysis, every):
        found = repeat(plan, table)[1]
        assert found == {key: value for key, value in published.items() if key != "plan_sha256"}
    assert Client().get(f"/pilots/{pilot.slug}/").status_code == 200
    return published


def test_counts_with_an_exposure(tmp_path: Path) -> None:
    pilot = planned(Design.COUNTS, others=0)
    thefts = pilot.metrics.get()
    Metric.objects.create(
        pilot=pilot, outcome=thefts.outcome, code="parked", role="secondary", name="Bicycles parked", unit="bicycles",
        direction="increase",
    )  # fmt: skip
    values = typed(
        pilot, Design.COUNTS, before=40, after=16, exposure="parked", events="120", harmonics="0",
        keep_parked="30", residents=["parked"],
    )  # fmt: skip
    few = signed_in(factory.manager_of(pilot)).post(
        f"/workspace/pilots/{pilot.slug}/register/", values | {"events": "15", "step": "look"}
    )
    assert "It needs at least 36 periods before the start and 12 after, and 20 events" in few.content.decode()
    words = registered(pilot, values)
    assert (pilot.plan["keep_days"], pilot.plan["residents"]) == ({"parked": 30}, ["parked"])
    assert_filled_in_again(pilot)
    share = plans.relative(Decimal(1), Design.COUNTS, thefts.outcome)
    assert (pilot.plan["minimum_worthwhile_effect"], 0 < share < 1) == (plans.plain(share), True)
    assert "One series of counts without a comparison: a design that cannot show" in words
    rows = [
        row | {"value": round(row["value"] * 2), "unit": thefts.unit}
        for row in factory.weekly_rows(pilot, pilot.baseline_starts_on, pilot.ends_on, effect=-4)
    ]
    parked = [row | {"metric": "parked", "unit": "bicycles", "value": 200} for row in rows]

    found = measured(pilot, [*rows, *parked], tmp_path)

    assert (found["scale"], found["verdict"], found["design_level"]) == ("rate_ratio", "extend", 2)
    assert abs(found["estimate"] - 0.6) < 0.05
    page = html.unescape(Client().get(f"/pilots/{pilot.slug}/").content.decode())
    assert (plans.least(pilot.plan), "worth paying for</span>10%</li>" in page) == ("10%", True)
    assert "in thefts a week per street, divided by Bicycles parked (bicycles)." in page
    assert "200.0" in (tmp_path / "analysis.csv").read_text()


def test_a_staggered_start(tmp_path: Path) -> None:
    pilot = planned()
    values = typed(pilot, Design.STAGGERED, before=12, after=10)
    starts = [values["starts_on"] + timedelta(weeks=number) for number in range(6)]
    for number, day in enumerate(starts):
        values[f"start_pilot-{number}"] = day
    wrong = signed_in(factory.manager_of(pilot)).post(
        f"/workspace/pilots/{pilot.slug}/register/",
        values | {"start_pilot-0": starts[1], "start_pilot-5": values["ends_on"] + timedelta(1), "step": "look"},
    )
    page = wrong.content.decode()
    assert (wrong.status_code, 'href="#id_start_pilot-5"' in page) == (422, True)
    assert "The pilot starts on the day on which its first site begins." in page
    words = registered(pilot, values)
    assert "Units that began at different times" in words
    assert pilot.plan["starts"]["pilot-3"] == starts[3].isoformat()
    assert_filled_in_again(pilot)
    rows = [
        row | {"value": round(row["value"] - (3 if _has_begun(row, starts) else 0), 2)}
        for row in factory.weekly_rows(pilot, pilot.baseline_starts_on, pilot.ends_on)
    ]

    found = measured(pilot, rows, tmp_path)

    assert (found["design"], found["verdict"], found["units"]) == ("staggered", "scale", {"pilot": 6, "comparison": 6})
    assert abs(found["estimate"] + 3) < 0.3


def _has_begun(row: dict[str, Any], starts: list[Any]) -> bool:
    arm, number = row["device"].split("-")
    return arm == "pilot" and row["taken_at"][:10] >= starts[int(number)].isoformat()


def test_synthetic_control(tmp_path: Path) -> None:
    pilot = planned(pilots=1, others=20)
    words = registered(pilot, typed(pilot, Design.SYNTHETIC, before=20, after=8))
    assert "One pilot place beside a weighted mix of other places: a design that can show" in words

    rows = factory.weekly_rows(pilot, pilot.baseline_starts_on, pilot.ends_on, effect=-4)
    found = measured(pilot, rows, tmp_path)

    assert (found["design"], found["verdict"], found["units"]) == (
        "synthetic_control", "scale", {"pilot": 1, "comparison": 20},
    )  # fmt: skip


def test_what_a_design_needs_is_said_at_its_field() -> None:
    pilot = planned(pilots=2, others=0)
    manager, path = factory.manager_of(pilot), f"/workspace/pilots/{pilot.slug}/register/"
    found = {
        design: plans.problems(
            factory.registration(pilot, design=design, lowest=None), actions.plan_context(pilot), local_day(clock.now())
        )
        for design in (Design.COUNTS, Design.STAGGERED, Design.SYNTHETIC, Design.RANDOMISED)
    }
    assert {design: [problem.field for problem in problems] for design, problems in found.items()} == {
        Design.COUNTS: ["design", "events", "lowest"],
        Design.STAGGERED: ["design", "start_pilot-0", "start_pilot-1"],
        Design.SYNTHETIC: ["design", "design"],
        Design.RANDOMISED: ["design", "assignment"],
    }
    choice = html.unescape(signed_in(manager).get(path).content.decode())
    assert choice.count("You named 2 pilot sites and 0 comparison sites.") == 5
    assert "Weaker than published" in choice
    assert signed_in(manager).post(path, {"design": "guess"}).status_code == 422


def test_P2_two_looks_share_alpha_from_the_registration_on() -> None:
    pilot = factory.pilot_in("registered", looks=2)
    assert (pilot.plan["looks"], plans.statistical(pilot.plan).alpha_per_look) == (2, 0.025)
    assert queries.registered_evaluation(pilot) is None
