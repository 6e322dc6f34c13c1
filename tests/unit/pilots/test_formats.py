"""Plans and readings as documents: what reads, and that everything wrong is named with its key or line."""

import csv
import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from pilots.formats import DocumentError, evaluate_documents, read_plan, read_readings
from pilots.statistics import evaluate, holm, period_index
from tests.pilot_data import (
    BEFORE_AFTER,
    COMPARISON,
    COUNTS,
    SERIES,
    STAGGERED,
    SYNTHETIC,
    arm_rows,
    count_rows,
    mixed_rows,
    series_rows,
    staggered_rows,
)

MARKED = "unit,arm,at,value,mark"
SMALLEST = {
    "design": "comparison",
    "metric": {"name": "speed", "unit": "mph", "direction": "decrease"},
    "period": "week",
    "baseline_start": "2026-01-05",
    "start": "2026-07-06",
    "end": "2026-10-04",
    "seasonality": {"harmonics": 0, "length": 52},
    "minimum_worthwhile_effect": "1.0",
    "harm_limit": "0",
    "alpha": "0.05",
    "seed": 7,
}
DESIGNS = {
    "comparison": (COMPARISON, arm_rows(1, effect=-3)),
    "one_series": (SERIES, series_rows(1, effect=-3)),
    "before_after": (BEFORE_AFTER, series_rows(1, effect=-3)),
    "staggered": (STAGGERED, staggered_rows(1, effect=-3)),
    "synthetic_control": (SYNTHETIC, mixed_rows(1, effect=-3)),
    "counts": (COUNTS, count_rows(1, ratio=0.5)),
}


SEMICOLONS = (
    "readings, line 1: The header has no column unit and no column arm and no column at and no column value. Its cells "
    "are separated by semicolons; separate them by commas."
)


def write(tmp_path, rows, header="unit,arm,at,value,exposure"):
    path = tmp_path / "readings.csv"
    with path.open("w", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(header.split(","))
        for row in rows:
            writer.writerow([row.unit, row.arm, row.at, repr(row.value), row.exposure or ""])
    return path


def problems_of(act, *arguments):
    with pytest.raises(DocumentError) as caught:
        act(*arguments)
    return [str(problem) for problem in caught.value.problems]


def text_file(tmp_path, text):
    path = tmp_path / "readings.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


# The smallest plan, for every design


@pytest.mark.parametrize("design", DESIGNS)
def test_the_smallest_plan_works_for_each_design_and_gives_what_the_functions_give(design, tmp_path):
    plan, rows = DESIGNS[design]
    document = SMALLEST | {
        "design": design,
        "period": plan.period,
        "baseline_start": plan.baseline_start.isoformat(),
        "start": plan.start.isoformat(),
        "end": plan.end.isoformat(),
        "minimum_worthwhile_effect": str(plan.minimum_worthwhile_effect),
    }
    expected = evaluate(rows, replace(plan, direction="decrease", metric="speed", unit_of_measure="mph"))

    read = read_plan(document)
    result = evaluate_documents(read, read_readings(write(tmp_path, rows), read))

    assert (result["estimate"], result["low"], result["high"], result["p"]) == (
        expected.estimate.estimate,
        expected.estimate.low,
        expected.estimate.high,
        expected.estimate.p,
    )
    assert result["verdict"] == expected.verdict.verdict
    assert result["units"] == {"pilot": expected.estimate.units_pilot, "comparison": expected.estimate.units_comparison}
    assert json.loads(json.dumps(result, allow_nan=False)) == result


@pytest.mark.parametrize(
    ("design", "marks", "passed"),
    [
        ("comparison", {}, None),
        ("comparison", {4: "incident 1"}, None),
        ("comparison", {0: "other event: incident 2"}, False),
        ("comparison", {4: "incident 1; other event: incident 2", -1: "other event: incident 3"}, True),
        ("one_series", {-20: "other event: incident 2"}, False),
    ],
)
def test_P5_another_event_at_the_start_is_inconclusive_and_anywhere_where_nothing_is_compared(
    design, marks, passed, tmp_path
):
    plan, rows = DESIGNS[design]
    lines = [
        f"{row.unit},{row.arm},{row.at.isoformat()},{row.value!r},{marks.get(period_index(plan, row.at), '')}"
        for row in rows
    ]
    read = read_plan(plan_document(plan))

    result = evaluate_documents(read, read_readings(text_file(tmp_path, "\n".join([MARKED, *lines])), read))

    gate = next((gate["passed"] for gate in result["gates"] if gate["name"] == "other_event"), None)
    assert gate is passed
    assert (passed is not False) or result["ground"] == "data"


def plan_document(plan):
    return SMALLEST | {
        "design": plan.design, "period": plan.period, "baseline_start": plan.baseline_start.isoformat(),
        "start": plan.start.isoformat(), "end": plan.end.isoformat(),
    }  # fmt: skip


def test_registered_limits_of_the_gates_are_the_ones_applied(tmp_path):
    plan, rows = DESIGNS["comparison"]
    lost = sorted({row.unit for row in rows if row.arm == "pilot"})[0]
    kept = write(tmp_path, [row for row in rows if row.unit != lost or row.at < plan.start])
    usual = plan_document(plan)
    cases = [
        (usual | {"quality_gates": {"difference": 0.5}}, []),
        (usual | {"quality_gates": {"difference": "0.5", "units_lost": "0.05"}}, ["units_kept"]),
        (usual | {"quality_gates": {"difference": 0, "unit_lost": 1}}, ["balance"]),
    ]
    for content, failed in cases:
        read = read_plan(content)
        result = evaluate_documents(read, read_readings(kept, read))
        assert [gate["name"] for gate in result["gates"] if not gate["passed"]] == failed
    assert read.ignored == ("quality_gates.unit_lost",)
    assert problems_of(read_plan, usual | {"quality_gates": {"suspect": 2}}) == [
        "plan, quality_gates: The limits of the quality gates are no shares from 0 to 1 and hours."
    ]


def test_seasonality_alpha_harm_and_seed_may_be_left_out():
    shorter = {
        key: value for key, value in SMALLEST.items() if key not in ("seasonality", "alpha", "harm_limit", "seed")
    }

    plan = read_plan(shorter).plan

    assert (plan.alpha, plan.harm_limit, plan.seed, plan.harmonics) == (0.05, 0.0, 1, 0)


def test_unknown_keys_are_named_and_those_of_a_registered_plan_are_not():
    document = read_plan(SMALLEST | {"harmonicks": 2, "decider": "Ada", "metric": {**SMALLEST["metric"], "units": "x"}})

    assert document.ignored == ("harmonicks", "metric.units")


def test_everything_wrong_with_a_plan_is_listed_with_its_key():
    wrong = {
        **SMALLEST,
        "design": "hope",
        "start": "soon",
        "alpha": "much",
        "seed": 1.5,
        "randomised": "yes",
        "metric": {"name": 3, "direction": "sideways"},
        "seasonality": {"harmonics": -1},
        "minimum_worthwhile_effect": "1e400",
        "units": [{"unit": "a"}],
        "starts": {"a": "later"},
        "guardrails": "none",
    }
    del wrong["end"]

    found = problems_of(read_plan, wrong)

    assert [sentence.split(":")[0] for sentence in found] == [
        "plan, seasonality.harmonics" if key == "season" else f"plan, {key}"
        for key in (
            "design", "start", "end", "minimum_worthwhile_effect", "alpha", "seed", "season", "randomised", "units",
            "starts", "metric.name", "metric.direction", "guardrails",
        )
    ]  # fmt: skip


def test_numbers_and_days_are_written_in_one_way():
    wrong = {
        "alpha": "0_05",
        "minimum_worthwhile_effect": " 1",
        "harm_limit": "\uff11",
        "seed": 10**400,
        "looks": "1.5",
    }
    days = {"baseline_start": "20260105", "start": "2026-W28-1"}

    assert [sentence.split(":")[0] for sentence in problems_of(read_plan, SMALLEST | wrong | days)] == [
        f"plan, {key}"
        for key in ("baseline_start", "start", "minimum_worthwhile_effect", "harm_limit", "alpha", "seed", "looks")
    ]
    assert read_plan(SMALLEST | {"seed": "7.0", "alpha": "5E-2"}).plan == read_plan(SMALLEST).plan


def test_each_measure_has_a_code_of_its_own_and_bounds_that_hold_something():
    other = {"code": "noise", "name": "noise", "direction": "decrease"}
    metric = SMALLEST["metric"] | {"code": "speed", "lowest": 9, "highest": "1"}
    wrong = SMALLEST | {
        "metric": metric,
        "guardrails": [other, other | {"code": "speed"}, other | {"code": ""}],
        "secondaries": [other],
    }

    assert problems_of(read_plan, wrong) == [
        "plan, metric.lowest: The lowest possible value lies above the highest.",
        "plan, guardrails[1].code: “speed” is the code of another measure.",
        "plan, guardrails[2].code: It is empty.",
        "plan, secondaries[0].code: “noise” is the code of another measure.",
    ]


@pytest.mark.parametrize("period", ["hour", "day", "week", "month", "year"])
def test_the_ends_of_the_calendar_are_no_error(tmp_path, period):
    ends = SMALLEST | {"period": period, "baseline_start": "9999-12-01", "start": "9999-12-16", "end": "9999-12-31"}
    header = b"unit,arm,at,value\n"
    rows = header + b"a,pilot,0001-01-01,1\na,pilot,9999-12-31,1\n"
    edges = header + b"a,pilot,0001-01-01T00:00+14:00,1\na,pilot,9999-12-31T23:00-14:00,1\n"
    plan = read_plan(ends)

    found = evaluate_documents(plan, read_readings(text_file(tmp_path, rows), plan))

    assert (found["verdict"], found["rows_outside_the_dates"]) == ("inconclusive", 1)
    found = problems_of(read_readings, text_file(tmp_path, edges), plan)
    assert [sentence.split(" is not ")[0] for sentence in found] == [
        "readings, line 2: at: “0001-01-01T00:00+14:00”",
        "readings, line 3: at: “9999-12-31T23:00-14:00”",
    ]


@pytest.mark.parametrize("content", [[], "plan", None, 3])
def test_a_plan_that_is_no_object_is_refused(content):
    assert problems_of(read_plan, content) == ["plan: The plan has to be a JSON object."]


def test_what_cannot_be_analysed_is_listed_at_once():
    wrong = SMALLEST | {"start": "2025-01-01", "alpha": 2, "minimum_worthwhile_effect": 0}

    assert problems_of(read_plan, wrong) == [
        "plan, baseline_start: The baseline must begin before the pilot starts.",
        "plan, minimum_worthwhile_effect: The minimum worthwhile effect must be above zero.",
        "plan, alpha: Alpha must lie between 0 and 1.",
    ]


# Readings


def test_every_bad_line_is_named(tmp_path):
    path = text_file(
        tmp_path,
        "unit,arm,at,value\n"
        "a,pilot,2026-01-05,1\n"
        ",pilot,2026-01-05,1\n"
        "a,treated,2026-01-05,1\n"
        "a,pilot,2026-13-05,1\n"
        "a,pilot,2026-01-05,NaN\n"
        "a,pilot,2026-01-05,inf\n"
        "a,pilot,2026-01-05,1e999\n"
        "a,pilot,2026-01-05,1e300\n"
        'a,pilot,2026-01-05,"1,5"\n'
        "a,pilot,2026-01-05,1_5\n"
        "a,pilot,2026-01-05,1,2,3\n"
        "a,Pilot,tomorrow,many\n",
    )

    found = problems_of(read_readings, path, read_plan(SMALLEST))

    assert [sentence.split(":")[0] for sentence in found] == [
        f"readings, line {line}" for line in (3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 13, 13)
    ]
    assert found[3] == (
        "readings, line 6: value: “NaN” is not a finite number; leave the cell empty where a value is missing."
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "readings: The file is empty: its header names unit, arm, at, value."),
        (b"unit,arm,at,value\n", "readings: The file has no row below its header."),
        (b"unit,arm,at\na,pilot,2026-01-05\n", "readings, line 1: The header has no column value."),
        (b"unit;arm;at;value\n", SEMICOLONS),
        (b"unit,arm,at,value,at\n", "readings, line 1: The header names at more than once."),
        (b"unit,arm,at,value\nStra\xdfe,pilot,2026-01-05,1\n",
         "readings, line 2: The file is not UTF-8 text: save it as CSV UTF-8."),
        (b"\xff\xfeu\x00n\x00", "readings: This is UTF-16, not a CSV file in UTF-8."),
        (b"PK\x03\x04rest", "readings: This is an Excel workbook or a zip file, not a CSV file in UTF-8."),
        (b'unit,arm,at,value,note\na,pilot,2026-01-05,1,\nb,pilot,2026-01-05,1,"so\nc,pilot,2026-01-05,1,\n',
         "readings, line 3: A quotation mark opens on this line, or below, and none closes it."),
        ("unit,arm,at,value\na,pilot,2026-01-05,\u0663\n".encode(),
         "readings, line 2: value: “\u0663” is not a number; write it with a point, as in 3.5."),
        (b"unit,arm,at,value\na,pilot,2026-01-05,\x001\n",
         "readings, line 2: The file holds binary data and is not a CSV file."),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table_of_readings_is_refused(tmp_path, content, sentence):
    assert problems_of(read_readings, text_file(tmp_path, content), read_plan(SMALLEST)) == [sentence]


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    plan = read_plan(SMALLEST)

    assert problems_of(read_readings, tmp_path / "none.csv", plan) == [
        "readings: The file cannot be read: No such file or directory."
    ]
    assert problems_of(read_readings, tmp_path, plan) == ["readings: The file cannot be read: Is a directory."]


def test_marks_line_ends_blank_lines_and_columns_in_any_order_are_read(tmp_path):
    text = (
        "\ufeffvalue, AT ,unit,arm\r\n\r\n1.5,2026-01-05,Straße,pilot\r\n2,2026-01-12T23:30:00+01:00,Straße,pilot\r\n"
    )

    cells = read_readings(text_file(tmp_path, text), read_plan(SMALLEST)).cells[""]

    assert [(cell.row.unit, cell.row.value) for cell in cells] == [("Straße", 1.5), ("Straße", 2.0)]


def test_p4_a_repeated_row_changes_nothing_and_two_values_for_one_moment_are_inconclusive(tmp_path):
    rows = arm_rows(1, effect=-3)
    document = read_plan(SMALLEST)

    once, twice, clash = (
        evaluate_documents(document, read_readings(write(tmp_path, some), document))
        for some in (rows, rows + rows[:50], [*rows, replace(rows[3], value=1.0)])
    )

    assert once == twice
    assert once["verdict"] == "scale"
    assert (clash["verdict"], clash["conclusive"]) == ("inconclusive", False)
    assert [gate["name"] for gate in clash["gates"] if not gate["passed"]] == ["one_value_each"]
    assert (
        "This estimate is given for the record: the verdict is inconclusive, so it is not a result."
        in (clash["sentences"])
    )


def test_p5_gaps_are_inconclusive_and_too_few_units_are_a_verdict(tmp_path):
    rows = arm_rows(1, effect=-3)
    document = read_plan(SMALLEST)
    few = {"street 00", "street 01", "street 02", "street 03"}

    gaps, small = (
        evaluate_documents(document, read_readings(write(tmp_path, some), document))
        for some in ([row for place, row in enumerate(rows) if place % 3], [row for row in rows if row.unit in few])
    )

    assert (gaps["verdict"], gaps["estimate"] < -2) == ("inconclusive", True)
    assert (small["low"], small["high"], small["p"], small["verdict"]) == (None, None, None, "inconclusive")
    assert small["estimate"] < -2
    assert small["units"] == {"pilot": 2, "comparison": 2}


def test_rows_outside_the_dates_are_counted_and_left_out(tmp_path):
    rows = arm_rows(1, effect=-3)
    document = read_plan(SMALLEST)
    more = [replace(row, at=row.at - timedelta(days=1000)) for row in rows[:7]]

    inside, both = (
        evaluate_documents(document, read_readings(write(tmp_path, some), document)) for some in (rows, rows + more)
    )

    assert both["rows_outside_the_dates"] == 7
    assert both["snapshot"] == inside["snapshot"]


def test_counts_need_exposures_above_zero_on_every_line_or_on_none(tmp_path):
    plan = read_plan(SMALLEST | {"design": "counts", "minimum_worthwhile_effect": "0.1"})
    text = (
        "unit,arm,at,value,exposure\na,pilot,2026-01-05,3,10\na,pilot,2026-01-12,-1,10\n"
        "a,pilot,2026-01-19,3,0\na,pilot,2026-01-26,3,\n"
    )

    assert problems_of(read_readings, text_file(tmp_path, text), plan) == [
        "readings, line 3: value: “-1” is negative: a count is not.",
        "readings, line 4: exposure: “0” is not above zero, as an exposure is.",
        "readings, line 5: exposure: it is missing here, and other lines give one.",
    ]


def test_values_beyond_what_is_possible_are_set_aside_and_counted(tmp_path):
    rows = arm_rows(1, effect=-3)
    document = read_plan(SMALLEST | {"metric": {**SMALLEST["metric"], "lowest": 0, "highest": 100}})
    odd = [replace(row, value=500.0) if place % 60 == 3 else row for place, row in enumerate(rows)]

    result = evaluate_documents(document, read_readings(write(tmp_path, odd), document))

    assert result["out_of_range_share"] == pytest.approx(13 / 780)
    assert [gate["name"] for gate in result["gates"] if not gate["passed"]] == ["out_of_range"]


def test_guardrails_and_secondaries_read_their_own_rows(tmp_path):
    measures = {"name": "falls", "unit": "falls", "direction": "decrease", "harm_limit": "0.5"}
    plan = SMALLEST | {
        "metric": {**SMALLEST["metric"], "code": "speed"},
        "guardrails": [measures | {"code": "falls"}],
        "secondaries": [measures | {"code": "noise", "name": "noise"}, measures | {"code": "dust", "name": "dust"}],
    }
    document = read_plan(plan)
    lines = ["unit,arm,at,value,metric"]
    for number, code in enumerate(("speed", "falls", "noise", "dust")):
        effect = {"speed": -3, "falls": 2}.get(code, -1)
        lines += [f"{row.unit},{row.arm},{row.at},{row.value!r},{code}" for row in arm_rows(number + 1, effect=effect)]

    result = evaluate_documents(document, read_readings(text_file(tmp_path, "\n".join(lines)), document))

    (falls,) = result["guardrails"]
    assert (result["verdict"], result["ground"], falls["breached"]) == ("stop", "harm", True)
    secondaries = result["secondaries"]
    assert [each["p_holm"] for each in secondaries] == holm([each["p"] for each in secondaries])


def test_a_metric_that_the_plan_does_not_name_is_refused(tmp_path):
    plan = read_plan(SMALLEST | {"metric": {**SMALLEST["metric"], "code": "speed"}})
    text = "unit,arm,at,value,metric\na,pilot,2026-01-05,3,speed\na,pilot,2026-01-05,3,noise\n"

    assert problems_of(read_readings, text_file(tmp_path, text), plan) == [
        "readings, line 3: metric: “noise” is no metric of the plan."
    ]


def test_every_single_reading_is_averaged_per_device_and_period(tmp_path):
    document = read_plan(SMALLEST)
    text = (
        "site,arm,device,metric,unit,taken_at,value\n"
        "a,pilot,d1,speed,mph,2026-01-05T00:30:00+00:00,4\n"
        "a,pilot,d1,speed,mph,2026-01-06T12:00:00+00:00,5\n"
        "a,pilot,d1,speed,mph,2026-01-06T12:00:00+00:00,5\n"
        "a,pilot,d2,speed,mph,2026-05-10T23:30:00+00:00,8\n"
    )

    cells = read_readings(text_file(tmp_path, text), document).cells[""]

    assert [(cell.row.device, cell.row.at, cell.row.value, cell.kept) for cell in cells] == [
        ("d1", date(2026, 1, 5), 4.5, 2),
        ("d2", date(2026, 5, 11), 8.0, 1),
    ]
