"""Published results through the functions that the product uses, within the tolerances agreed beforehand."""

import csv
import json
import os
from datetime import date
from fractions import Fraction
from pathlib import Path

import krippendorff
import numpy as np
import pytest

from assessment.scoring import reliability
from pilots.statistics import (
    Plan,
    UnitPeriod,
    comparison,
    counts,
    describe_rates,
    difference,
    evaluate,
    individuals_chart,
    largest_shift,
)

REFERENCE = Path(os.environ.get("REFERENCE_DIR", Path(__file__).resolve().parents[3] / "shared"))
NILE_FLOW = [  # at Aswan, 1871 to 1970, in 10^8 cubic metres (Cobb 1978)
    1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958, 1140,
    1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020, 1050, 969,
    831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040, 759,
    781, 865, 845, 944, 984, 897, 822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890,
    744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740,
]  # fmt: skip
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


def card_and_krueger():
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
    return rows, plan


def test_card_and_krueger_balanced_sample():
    case = read_case("DID-card-krueger-balanced")

    result = comparison(*card_and_krueger())

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


GAP = np.nan
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, GAP, GAP, GAP],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, GAP, 3],
    [GAP, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, GAP],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, GAP],
]


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
def test_krippendorff_four_observers(level):
    case = read_case("IRR-krippendorff")

    assert_published({level: krippendorff.alpha(reliability_data=OBSERVERS, level_of_measurement=level)}, case)


def test_A14_the_auditors_alpha_is_the_published_ordinal_one():
    marks = {
        who: {unit: Fraction(int(mark)) for unit, mark in enumerate(row) if mark is not GAP}
        for who, row in enumerate(OBSERVERS)
    }

    assert_published({"ordinal": reliability.alpha(marks)}, read_case("IRR-krippendorff"))


def test_sicily_smoking_ban_by_the_method_that_decides():
    """The log-rate likelihood gives .883 (.839-.929) where the published quasi-Poisson gives .885 (.839-.933)."""
    case = read_case("ITS-sicily-m3")
    rows, plan = sicily(2)

    result = counts(rows, plan)

    assert (result.estimate, result.low, result.high) == pytest.approx((0.883, 0.839, 0.930), abs=0.001)
    published = case["published"]
    assert (result.estimate, result.low, result.high) == pytest.approx(
        (published["RR"], published["lo"], published["hi"]), abs=0.004
    )


def sicily(harmonics):
    plan = Plan(
        "counts", "decrease", 0.05, date(2002, 1, 1), date(2005, 1, 1), date(2006, 11, 30), period="month",
        harmonics=harmonics, season_length=12,
    )  # fmt: skip
    rows = [
        UnitPeriod("Sicily", "pilot", date(int(row["year"]), int(row["month"]), 1), *events(row))
        for row in read_table("sicily.csv")
    ]
    return rows, plan


def test_sicily_model_1_poisson():
    case = read_case("ITS-sicily-m1")

    found = describe_rates(*sicily(0), is_dispersed=False)

    assert_published({"RR": found.ratio, "lo": found.low, "hi": found.high}, case)


def test_sicily_model_3_quasi_poisson_beside_the_deciding_estimate():
    case = read_case("ITS-sicily-m3")
    rows, plan = sicily(2)

    found, (beside,) = describe_rates(rows, plan), evaluate(rows, plan).estimate.also

    assert_published({"RR": beside.estimate, "lo": beside.low, "hi": beside.high}, case)
    ours = case["ours"]
    assert (found.dispersion, found.trend**12) == pytest.approx((ours["dispersion"], ours["trend_per_year"]), abs=1e-5)


def test_sicily_model_4_step_and_slope():
    ours = read_case("ITS-sicily-m4")["ours"]

    found = describe_rates(*sicily(2), with_slope=True)

    assert (found.ratio, found.low, found.high, found.slope) == pytest.approx(
        (ours["RR_step"], ours["lo"], ours["hi"], ours["slope"]), abs=1e-5
    )


def test_card_and_krueger_table_3_all_observations():
    case = read_case("DID-card-krueger-t3")
    rows, plan = card_and_krueger()

    found = {beside.name: beside.estimate for beside in comparison(rows, plan).also}

    names = {"pa": "comparison", "nj": "pilot"}
    means = {
        f"{state}_{when}": found[f"{arm} units, mean {when}"]
        for state, arm in names.items()
        for when in ("before", "after")
    }
    assert_published(means | {"did": found["difference in change, all observations"]}, case)


def test_national_supported_work_experiment():
    case = read_case("RCT-nsw")
    earned = {"1": [], "0": []}
    for row in read_table("nsw_mixtape.csv"):
        earned[row["treat"]].append(float(row["re78"]))

    found = difference(np.array(earned["1"]), np.array(earned["0"]), equal_spread=True)

    assert_published({"att": found.estimate, "se": found.standard_error}, case)


def test_nile_shifted_after_1898():
    case = read_case("CP-nile")

    assert_published({"last_year_before_shift": 1871 + largest_shift(NILE_FLOW)}, case)


def events(row):
    return float(row["aces"]), float(row["stdpop"])
