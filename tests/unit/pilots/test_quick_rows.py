"""The quick way through a batch agrees with the careful one, whatever is in it."""

import json
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilots.quick_rows import JSON_LINE, JSON_LIST, Quick, judge_quickly
from pilots.rows import Expected, Good, Measure, judge_rows
from pilots.storage.batches import Batch, microseconds

EXPECTED = Expected(
    devices={"c1": 1, "c2": 2},
    metrics={"thefts": Measure(7, "thefts", lowest=0, highest=50), "noise": Measure(8, "dB")},
    first=date(2026, 3, 1),
    starts_on=date(2026, 6, 1),
    last=date(2026, 8, 31),
    is_running=True,
    now=datetime(2026, 7, 1, 12, tzinfo=UTC),
)
GOOD = {"device": "c1", "metric": "thefts", "taken_at": "2026-05-04T12:00:00+01:00", "value": 3.5, "unit": "thefts"}
ROWS = st.fixed_dictionaries(
    {
        "device": st.sampled_from(["c1", "c2", " c1", "c9", ""]),
        "metric": st.sampled_from(["thefts", "noise", "noise ", "x"]),
        "taken_at": st.sampled_from(
            ["2026-05-04T12:00:00+01:00", "2026-05-04", "2026-05-04T12:00:00", "2027-01-01", "2026-02-01", "soon"]
        ),
        "value": st.one_of(st.floats(-10, 60), st.sampled_from([0, 50, 1e15, 1e16, 1e308, -1e308, -0.0])),
        "unit": st.sampled_from(["thefts", "dB", " dB", "kg"]),
    }
)


Column = tuple[int, int, int, int, float]


def column(row: Good) -> Column:
    return row.number, row.device, row.metric, microseconds(row.taken_at), row.value


def columns(quick: Quick) -> list[Column]:
    return list(zip(quick.numbers, quick.devices, quick.metrics, quick.moments, quick.values, strict=True))


@settings(deadline=None)  # the first example loads numpy
@given(st.lists(ROWS, max_size=8))
def test_both_ways_take_and_refuse_the_same_rows(rows: list[dict[str, Any]]) -> None:
    quick = judge_quickly(JSON_LIST.decode(json.dumps(rows)), EXPECTED)
    careful = judge_rows(rows, EXPECTED)
    assert sorted([*columns(quick), *map(column, quick.rest.good)]) == list(map(column, careful.good))
    assert (quick.rest.refused, quick.rest.out_of_range) == (careful.refused, careful.out_of_range)


def test_a_plainly_good_row_goes_the_quick_way() -> None:
    quick = judge_quickly(JSON_LINE.decode_lines(json.dumps(GOOD) + "\n" + json.dumps(GOOD)), EXPECTED)
    moment = microseconds(datetime(2026, 5, 4, 11, tzinfo=UTC))
    assert columns(quick) == [(1, 1, 7, moment, 3.5), (2, 1, 7, moment, 3.5)]


@pytest.mark.parametrize("value", ['"3.5"', "true", "null", "NaN", "1e999"])
def test_a_value_that_is_no_number_is_never_read_quickly(value: str) -> None:
    with pytest.raises(msgspec.MsgspecError):
        JSON_LIST.decode(json.dumps([GOOD]).replace("3.5", value))


def test_a_batch_is_put_in_the_order_of_its_keys_and_the_first_of_two_comes_first() -> None:
    batch = Batch.of([(1, 2, 7, 50, 1.0), (2, 1, 7, 60, 2.0), (3, 2, 7, 50, 3.0), (4, 1, 7, 50, 4.0)]).ordered()
    assert batch.numbers.tolist() == [4, 2, 1, 3]
    assert batch.repeats().tolist() == [False, False, False, True]


def test_hours_are_marked_once_each() -> None:
    hour = 3_600_000_000
    batch = Batch.of([(1, 5, 7, 10, 1.0), (2, 5, 7, 20, 1.0), (3, 5, 7, hour, 1.0), (4, 6, 8, hour, 1.0)]).ordered()
    assert {metric: pairs.tolist() for metric, pairs in batch.buckets().items()} == {7: [[5, 0], [5, 1]], 8: [[6, 1]]}
