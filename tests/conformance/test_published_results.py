"""Published results through the functions that the product uses, within the tolerances agreed beforehand."""

import csv
import json
import os
from datetime import date
from pathlib import Path

import krippendorff
import numpy as np
import pytest

from pilots.statistics import Plan, UnitPeriod, comparison, counts, individuals_chart

REFERENCE = Path(os.environ.get("REFERENCE_DIR", Path(__file__).resolve().parents[3] / "shared"))
NIST_FLOW = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]


def read_case(case_id):
    path = REFERENCE / "data" / "pilot_cases.json"
    if not path.exists():
        pytest.skip("The published results are not on this machine (set REFERENCE_DIR to their folder).")
    return next(case for case in json.loads(path.read_text()) if case["id"] == case_id)


def read_table(name):
    with (REFERENCE / "data" / name).open(newline="") as source:
        return list(csv.DictReader(source))


def assert_published(found, case):
    for name, value in found.items():
        tolerance = case["tolerance"].get(name, case["tolerance"]["*"])
        assert value == pytest.approx(case["published"][name], abs=tolerance), name
        assert value == pytest.approx(case["ours"][name], abs=1e-5), name


def test_card_and_krueger_balanced_sample():
    case = read_case("DID-card-krueger-balanced")
    plan = Plan("comparison", "increase", 1, date(1992, 2, 1), date(1992, 4, 1), date(1992, 12, 31), period="year")
    rows = [
        UnitPeriod(
            row["id"],
            "pilot" if row["nj"] == "1" else "comparison",
            date(1992, 11 if row["d"] == "1" else 2, 15),
            None if row["fte"] == "NA" else float(row["fte"]),
        )
        for row in read_table("card_krueger.csv")
    ]

    result = comparison(rows, plan)

    assert_published({"did": result.estimate, "se": result.standard_error}, case)
    assert (result.units_pilot, result.units_comparison) == (309, 75)
    assert result.p == pytest.approx(0.043, abs=0.001)
    assert result.check_p == pytest.approx(0.017, abs=0.006)


def test_nist_individuals_chart():
    case = read_case("SPC-nist-6.3.2.2")

    chart = individuals_chart(NIST_FLOW, [], method="moving_range")

    found = {"mean": chart.centre, "mrbar": chart.moving_range_mean, "ucl": chart.upper, "lcl": chart.lower}
    assert_published(found, case)
    assert chart.moving_range_upper == pytest.approx(case["ours"]["mr_ucl"], abs=5e-5)


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
def test_krippendorff_four_observers(level):
    case = read_case("IRR-krippendorff")
    gap = np.nan
    marks = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, gap, gap, gap],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, gap, 3],
        [gap, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, gap],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, gap],
    ]

    assert_published({level: krippendorff.alpha(reliability_data=marks, level_of_measurement=level)}, case)


def test_sicily_smoking_ban_by_the_method_that_decides():
    """The log-rate likelihood gives .883 (.839-.929) where the published quasi-Poisson gives .885 (.839-.933)."""
    case = read_case("ITS-sicily-m3")
    plan = Plan(
        "counts",
        "decrease",
        0.05,
        date(2002, 1, 1),
        date(2005, 1, 1),
        date(2006, 11, 30),
        period="month",
        harmonics=2,
        season_length=12,
    )
    rows = [
        UnitPeriod("Sicily", "pilot", date(int(row["year"]), int(row["month"]), 1), *events(row))
        for row in read_table("sicily.csv")
    ]

    result = counts(rows, plan)

    assert (result.estimate, result.low, result.high) == pytest.approx((0.883, 0.839, 0.930), abs=0.001)
    published = case["published"]
    assert (result.estimate, result.low, result.high) == pytest.approx(
        (published["RR"], published["lo"], published["hi"]), abs=0.004
    )


def events(row):
    return float(row["aces"]), float(row["stdpop"])
