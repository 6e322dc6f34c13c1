"""A published result the way a city gets it: a registered plan, readings over HTTP, the worker's evaluation."""

import json
from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from audit import clock
from pilots import actions, queries
from pilots.models import Arm, Pilot
from pilots.rules import LONDON, first_instant
from tests.conformance.test_published_results import read_case, read_table
from tests.factories import move_clock_to
from tests.factories import pilots as factory
from work.actions import run_due_work

pytestmark = pytest.mark.django_db


def registered_restaurants(stores: list[str], in_new_jersey: set[str]) -> Pilot:
    """A pilot with a site for each restaurant: those of New Jersey, where the minimum wage rose, are the pilot's."""
    pilot = factory.pilot_in("planned")
    sites = [
        actions.PlannedSite(
            f"store-{number}", "", Arm.PILOT if number in in_new_jersey else Arm.COMPARISON, (f"count-{number}",)
        )
        for number in stores
    ]  # fmt: skip
    actions.set_sites(pilot=pilot, sites=sites, actor=factory.manager_of(pilot), at=clock.now())
    starts_on = factory.registration(pilot).starts_on
    factory.register(
        pilot, baseline_starts_on=starts_on - timedelta(weeks=1), ends_on=starts_on + timedelta(days=6),
        analysis_on=starts_on + timedelta(days=8), lowest=None, highest=None, minimum_worthwhile_effect=Decimal(1),
    )  # fmt: skip
    return pilot


def readings(pilot: Pilot, table: list[dict[str, str]]) -> list[dict[str, object]]:
    """Full-time equivalents in both waves of interviews, as one reading of each window; what is missing is not sent."""
    metric = pilot.metrics.get(role="primary")
    moments = {
        wave: datetime.combine(day + timedelta(days=2), time(12), LONDON).isoformat()
        for wave, day in (("0", pilot.baseline_starts_on), ("1", pilot.starts_on))
    }
    return [
        {
            "device": f"count-{row['id']}", "metric": metric.code, "taken_at": moments[row["d"]],
            "value": float(row["fte"]), "unit": metric.unit,
        }
        for row in table
        if row["fte"] != "NA"
    ]  # fmt: skip


def test_P6_card_and_krueger_through_the_api_and_the_worker_is_as_published() -> None:
    case, table = read_case("DID-card-krueger-balanced"), read_table("card_krueger.csv")
    stores = sorted({row["id"] for row in table})
    pilot = registered_restaurants(stores, {row["id"] for row in table if row["nj"] == "1"})
    factory.start(pilot)
    _, secret = actions.issue_token(pilot=pilot, label="survey", actor=factory.manager_of(pilot), at=clock.now())
    move_clock_to(first_instant(pilot.ends_on + timedelta(days=1)))
    sent = readings(pilot, table)

    answer = Client().post(
        f"/api/pilots/{pilot.public_id}/readings/", json.dumps(sent), content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )  # fmt: skip
    move_clock_to(first_instant(pilot.analysis_on))
    run_due_work()

    assert (answer.status_code, answer.json()["added"]) == (200, len(sent))
    result = Client().get(f"/pilots/{pilot.slug}/result.json").json()
    assert result == queries.registered_evaluation(pilot).result
    assert result["units"] == {"pilot": 309, "comparison": 75}
    assert result["estimate"] == pytest.approx(case["published"]["did"], abs=case["tolerance"]["*"])
    assert result["estimate"] == pytest.approx(case["ours"]["did"], abs=1e-5)
    # The interval is Welch's: its half is the published standard error, times the t of some 105 degrees of freedom.
    half = (result["high"] - result["low"]) / 2
    assert half / case["ours"]["se"] == pytest.approx(1.98, abs=0.01)
    assert result["p"] == pytest.approx(0.043, abs=0.001)
