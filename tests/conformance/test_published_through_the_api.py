"""Published results the way a city gets them: a registered plan, readings over HTTP, the worker's evaluation.

Every published case that is a pilot's result comes this way: both of Card and Krueger, the Sicilian smoking ban (what
decides, and the published regression beside it), the effect of the NSW experiment, the control chart of NIST. The shift
of the Nile and the agreement between observers are no results of a pilot, and plain Poisson is no method of one.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from audit import clock
from challenges.models import Design, Outcome, Period
from pilots import actions, queries
from pilots.models import Arm, Metric, Pilot
from pilots.rules import LONDON, first_instant, local_day
from tests.conformance.test_published_results import NIST_FLOW, assert_published, read_case, read_table
from tests.factories import move_clock_to
from tests.factories import pilots as factory
from work.actions import run_due_work
from work.models import DueWork

pytestmark = pytest.mark.django_db
Row = dict[str, object]


def planned(sites: Iterable[tuple[str, str]], **published: str) -> Pilot:
    """A pilot at these sites (code and arm), each its own device; `published` is what its call said of the measure."""
    pilot = factory.pilot_in("planned")
    Outcome.objects.update(**published or {"design": Design.MATCHED})
    named = [actions.PlannedSite(code, "", arm, (f"at-{code}",)) for code, arm in sites]
    actions.set_sites(pilot=pilot, sites=named, actor=factory.manager_of(pilot), at=clock.now())
    return pilot


def started(pilot: Pilot, **registered: Any) -> Metric:
    """Registered and started; its primary measure."""
    usual: dict[str, Any] = {"lowest": None, "highest": None, "minimum_worthwhile_effect": Decimal(1)}
    factory.register(pilot, **usual | registered)
    factory.start(pilot)
    pilot.refresh_from_db()
    return pilot.metrics.get(role="primary")


def one_period_each(**values: Any) -> dict[str, Any]:
    """One week of baseline and one of pilot: a survey's two waves."""
    starts_on = local_day(clock.now()) + timedelta(weeks=4)
    return {
        "starts_on": starts_on, "baseline_starts_on": starts_on - timedelta(weeks=1),
        "ends_on": starts_on + timedelta(days=6), "analysis_on": starts_on + timedelta(days=8),
        "decision_on": starts_on + timedelta(days=20), **values,
    }  # fmt: skip


def reading(metric: Metric, site: str, day: date, value: float) -> Row:
    """A reading two days into its period."""
    taken_at = datetime.combine(day + timedelta(days=2), time(12), LONDON).isoformat()
    return {"device": f"at-{site}", "metric": metric.code, "taken_at": taken_at, "value": value, "unit": metric.unit}


def result_of(pilot: Pilot, rows: Sequence[Row]) -> Any:
    """The rows over HTTP, the evaluation when it is due, the public result."""
    _, secret = actions.issue_token(pilot=pilot, label="survey", actor=factory.manager_of(pilot), at=clock.now())
    move_clock_to(first_instant(pilot.ends_on + timedelta(days=1)))
    answer = Client().post(
        f"/api/pilots/{pilot.public_id}/readings/", json.dumps(rows), content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )  # fmt: skip
    assert (answer.status_code, answer.json()["added"]) == (200, len(rows))
    DueWork.objects.filter(kind=actions.MONITORING).delete()  # two years of weekly looks take their time
    move_clock_to(first_instant(pilot.analysis_on))
    run_due_work()
    result = Client().get(f"/pilots/{pilot.slug}/result.json").json()
    assert result == queries.registered_evaluation(pilot).result
    return result


def test_P6_card_and_krueger_through_the_api_and_the_worker_is_as_published() -> None:
    balanced, everything = read_case("DID-card-krueger-balanced"), read_case("DID-card-krueger-t3")
    table = read_table("card_krueger.csv")
    arms = {row["id"]: Arm.PILOT if row["nj"] == "1" else Arm.COMPARISON for row in table}
    pilot = planned(arms.items())
    measure = started(pilot, **one_period_each())
    waves = {"0": pilot.baseline_starts_on, "1": pilot.starts_on}
    answered = [row for row in table if row["fte"] != "NA"]

    result = result_of(pilot, [reading(measure, row["id"], waves[row["d"]], float(row["fte"])) for row in answered])

    assert result["units"] == {"pilot": 309, "comparison": 75}
    assert_published({"did": result["estimate"], "se": result["standard_error"]}, balanced)
    assert result["p"] == pytest.approx(0.043, abs=0.001)
    means = {beside["name"]: beside["estimate"] for beside in result["also"]}
    found = {
        f"{state}_{when}": means[f"{arm} units, mean {when}"]
        for state, arm in (("pa", "comparison"), ("nj", "pilot"))
        for when in ("before", "after")
    }
    assert_published(found | {"did": means["difference in change, all observations"]}, everything)


def test_P6_the_nsw_experiment_through_the_api_has_the_published_effect() -> None:
    """Its published error pools the arms; a pilot's does not (672.7 by HC3, 671.0 by Welch, both wider than 632.9)."""
    case, table = read_case("RCT-nsw"), read_table("nsw_mixtape.csv")
    people = {f"person-{number}": row for number, row in enumerate(table)}
    arms = [(code, Arm.PILOT if row["treat"] == "1" else Arm.COMPARISON) for code, row in people.items()]
    pilot = planned(arms)
    measure = started(pilot, **one_period_each(design=Design.RANDOMISED, assignment="Drawn by lot."))
    before = [reading(measure, code, pilot.baseline_starts_on, 0.0) for code in people]
    after = [reading(measure, code, pilot.starts_on, float(row["re78"])) for code, row in people.items()]

    result = result_of(pilot, before + after)

    assert_published({"att": result["estimate"]}, case)
    assert (result["design_level"], result["units"]) == (5, {"pilot": 185, "comparison": 260})
    assert case["ours"]["se"] < result["standard_error"] < case["ours"]["se_hc3"]


def test_P6_the_sicilian_smoking_ban_through_the_api_is_as_published() -> None:
    """36 months before and 23 after, admissions against the standard population; two waves a year."""
    case, table = read_case("ITS-sicily-m3"), read_table("sicily.csv")
    pilot = planned([("sicily", Arm.PILOT)], design=Design.COUNTS, period=Period.MONTH)
    Metric.objects.create(
        pilot=pilot, outcome=pilot.metrics.get().outcome, code="people", role="secondary", name="People",
        unit="people", direction="increase",
    )  # fmt: skip
    today = local_day(clock.now())
    here = today.year * 12 + today.month + 2  # the pilot contract is signed in between
    months = [date((here + place) // 12, (here + place) % 12 + 1, 1) for place in range(-36, len(table) - 34)]
    start, end = months[36], months[len(table)]
    measure = started(
        pilot, design=Design.COUNTS, exposure="people", harmonics=2, lowest=Decimal(0), events=Decimal(800),
        baseline_starts_on=months[0], starts_on=start, ends_on=end - timedelta(days=1),
        analysis_on=end + timedelta(days=2), decision_on=end + timedelta(days=20),
    )  # fmt: skip
    aces = [reading(measure, "sicily", day, float(row["aces"])) for day, row in zip(months, table, strict=False)]
    people = [
        row | {"metric": "people", "unit": "people", "value": float(month["stdpop"])}
        for row, month in zip(aces, table, strict=True)
    ]

    result = result_of(pilot, aces + people)

    (beside,) = result["also"]
    assert_published({"RR": beside["estimate"], "lo": beside["low"], "hi": beside["high"]}, case)
    found = result["estimate"], result["low"], result["high"]
    published = case["published"]
    assert found == pytest.approx((published["RR"], published["lo"], published["hi"]), abs=0.004)
    assert (result["design_level"], result["scale"]) == (2, "rate_ratio")


def test_P6_the_control_chart_of_nist_through_the_api_is_as_published() -> None:
    """Its ten values as a baseline. Neighbours resemble each other, so the product's limits are the wider ones."""
    case = read_case("SPC-nist-6.3.2.2")
    pilot = planned([("pipe", Arm.PILOT)], design=Design.BEFORE_AFTER)
    starts_on = local_day(clock.now()) + timedelta(weeks=4)
    measure = started(pilot, design=Design.BEFORE_AFTER, baseline_starts_on=starts_on - timedelta(weeks=10))
    days = [pilot.baseline_starts_on + timedelta(weeks=week) for week in range(18)]
    values = [*NIST_FLOW, *(50.0 + week % 3 for week in range(8))]

    result = result_of(pilot, [reading(measure, "pipe", day, value) for day, value in zip(days, values, strict=True)])

    chart = result["chart"]
    assert_published({"mean": chart["centre"], "mrbar": chart["moving_range_mean"]}, case)
    assert chart["moving_range_upper"] == pytest.approx(case["ours"]["mr_ucl"], abs=5e-5)
    assert (chart["method"], chart["upper"] > case["published"]["ucl"]) == ("standard_deviation", True)
