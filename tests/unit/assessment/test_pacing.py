"""When a panel is reminded, without a database."""

from datetime import UTC, date, datetime

import pytest

from assessment.pacing import is_time, next_round, working_days_between


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 7, 8, 7, 0, tzinfo=UTC), "2026-07-08 09:00 BST"),
        (datetime(2026, 7, 8, 8, 0, tzinfo=UTC), "2026-07-09 09:00 BST"),
        (datetime(2026, 7, 10, 12, 0, tzinfo=UTC), "2026-07-14 09:00 BST"),  # Monday the 13th is Northern Ireland's
        (datetime(2026, 12, 24, 10, 0, tzinfo=UTC), "2026-12-29 09:00 GMT"),
    ],
    ids=["before nine", "at nine", "over a weekend", "over Christmas"],
)
def test_the_next_working_morning(at, expected):
    assert f"{next_round(at):%Y-%m-%d %H:%M %Z}" == expected


def test_every_third_working_day_and_never_twice_a_day():
    start, friday = date(2026, 9, 1), date(2026, 9, 4)

    days = [date(2026, 9, n) for n in range(1, 9)]
    assert [day.day for day in days if is_time(today=day, since=start, last=None, due_on=None)] == [4, 5, 6, 7, 8]
    assert [day.day for day in days if is_time(today=day, since=start, last=friday, due_on=None)] == []
    assert is_time(today=date(2026, 9, 9), since=start, last=friday, due_on=None)


def test_from_the_day_before_it_is_due_every_day():
    due = date(2026, 9, 3)

    reminded = [
        is_time(today=date(2026, 9, n), since=date(2026, 9, 1), last=date(2026, 9, n - 1), due_on=due)
        for n in (2, 3, 4)
    ]
    assert (is_time(today=date(2026, 9, 1), since=date(2026, 9, 1), last=None, due_on=due), reminded) == (
        False, [True, True, True],
    )  # fmt: skip
    assert not is_time(today=due, since=due, last=due, due_on=due)


def test_working_days_beyond_the_holiday_table_are_weekdays():
    assert working_days_between(date(2099, 1, 2), date(2099, 1, 9)) == 5
