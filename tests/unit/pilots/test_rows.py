"""Rows of readings, judged one by one."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from pilots.rows import REASONS, Expected, Good, Judged, Measure, judge_rows

METRIC = "bicycles-stolen"
ADVICE = "write it as 2026-06-01T09:30:00+01:00, with its zone, or as a date alone"
ROW = {"device": "c1", "metric": METRIC, "taken_at": "2026-05-04T12:00:00+01:00", "value": 3.5, "unit": "thefts"}


def expected(**values: Any) -> Expected:
    usual = {
        "devices": {"c1": 1},
        "metrics": {METRIC: Measure(7, "thefts", lowest=0, highest=50)},
        "first": date(2026, 3, 1),
        "starts_on": date(2026, 6, 1),
        "last": date(2026, 8, 31),
        "is_running": True,
        "now": datetime(2026, 7, 1, 12, tzinfo=UTC),
    }
    return Expected(**(usual | values))


def judge(**changes: Any) -> Judged:
    return judge_rows([ROW | changes], expected())


def test_a_good_row_becomes_a_reading_in_utc() -> None:
    assert judge().good == (Good(1, 1, 7, datetime(2026, 5, 4, 11, tzinfo=UTC), 3.5),)


def test_a_date_alone_is_the_beginning_of_that_day_in_london() -> None:
    assert judge(taken_at="2026-05-04").good[0].taken_at == datetime(2026, 5, 3, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "reason", "sentence"),
    [
        ({"device": "c9"}, "device", "“c9” is not a device of this pilot."),
        ({"metric": "noise"}, "metric", "“noise” is not a metric of this pilot."),
        (
            {"unit": "kg"},
            "unit",
            "“kg” is not the unit of bicycles-stolen: it is measured in thefts.",
        ),
        ({"value": "3,5"}, "value", "“3,5” is not a number; write it with a point, as in 3.5."),
        ({"value": True}, "value", "“True” is not a finite number."),
        ({"value": "NaN"}, "value", "“NaN” is not a finite number."),
        ({"value": float("inf")}, "value", "“inf” is not a finite number."),
        ({"value": -1}, "range", "-1 is below 0 thefts, the lowest value that is possible."),
        ({"value": "1_0"}, "value", "“1_0” is not a number; write it with a point, as in 3.5."),
        ({"value": "\uff11"}, "value", "“\uff11” is not a number; write it with a point, as in 3.5."),
        ({"value": 1e16}, "value", "“1e+16” is too large to calculate with; choose a larger unit."),
        ({"device": "\ud800"}, "device", "“�” is not a device of this pilot."),
        ({"unit": "x" * 999}, "unit", f"“{'x' * 80}…” is not the unit of bicycles-stolen: it is measured in thefts."),
        ({"value": 51}, "range", "51 is above 50 thefts, the highest value that is possible."),
        (
            {"taken_at": "2026-05-04T12:00:00"},
            "time",
            f"“2026-05-04T12:00:00” does not say its time zone; {ADVICE}.",
        ),
        (
            {"taken_at": "last Tuesday"},
            "time",
            f"“last Tuesday” is not a time we can read; {ADVICE}.",
        ),
        (
            {"taken_at": "2026-07-02"},
            "future",
            "2 July 2026 lies in the future: a reading cannot come before its time.",
        ),
        (
            {"taken_at": "2026-02-28T10:00:00Z"},
            "window",
            "28 February 2026 lies before the registered baseline, which begins 1 March 2026.",
        ),
        ({"device": ""}, "shape", "The row gives no device."),
        ({"unit": None, "value": ""}, "shape", "The row gives no value and no unit."),
    ],
)
def test_a_bad_row_is_refused_with_its_own_sentence(change: dict[str, Any], reason: str, sentence: str) -> None:
    (refusal,) = judge(**change).refused
    assert (refusal.number, refusal.reason, refusal.sentence) == (1, reason, sentence)
    assert refusal.reason in REASONS


def test_readings_after_the_last_day_are_refused() -> None:
    (refusal,) = judge_rows([ROW | {"taken_at": "2026-09-01"}], expected(now=datetime(2026, 9, 2, tzinfo=UTC))).refused
    assert refusal.sentence == "1 September 2026 lies after the last day of the pilot, 31 August 2026."


def test_P1_readings_of_the_pilot_period_are_refused_before_the_start() -> None:
    (refusal,) = judge_rows([ROW | {"taken_at": "2026-06-01"}], expected(is_running=False)).refused
    assert refusal.sentence == "1 June 2026 belongs to the pilot period, and the pilot has not been started."


def test_a_row_that_is_no_object_is_refused() -> None:
    (refusal,) = judge_rows(["nonsense"], expected()).refused
    assert refusal.sentence == "A row is an object with device, metric, taken_at, value, unit."


def test_a_bad_row_costs_no_other() -> None:
    judged = judge_rows([ROW, ROW | {"device": "c9"}, ROW | {"taken_at": "2026-05-05"}], expected())
    assert [row.number for row in judged.good] == [1, 3]
    assert [row.number for row in judged.refused] == [2]


def test_P5_values_out_of_range_are_kept_aside_to_be_counted() -> None:
    judged = judge(value=99)
    assert [row.value for row in judged.out_of_range] == [99]
    assert judged.good == ()
