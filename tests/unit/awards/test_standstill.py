"""The standstill, day by day (D4, T4)."""

from datetime import date

import pytest

from awards.standstill import days_of, explanation


@pytest.mark.parametrize(
    ("published_on", "ends_on"),
    [
        (date(2026, 7, 8), date(2026, 7, 20)),  # 13 July is a bank holiday in Northern Ireland alone
        (date(2026, 3, 30), date(2026, 4, 10)),  # Good Friday and Easter Monday
        (date(2026, 12, 21), date(2027, 1, 5)),  # Christmas, 28 December, New Year, and 4 January in Scotland
        (date(2026, 9, 5), date(2026, 9, 16)),  # published on a Saturday: the first working day is Monday
        (date(2026, 6, 1), date(2026, 6, 10)),
    ],
)
def test_D4_last_day_of_the_standstill(published_on, ends_on):
    assert days_of(published_on)[-1].day == ends_on


def test_D4_eight_working_days_are_numbered_and_the_rest_say_why():
    days = days_of(date(2026, 7, 8))

    assert [day.number for day in days] == [1, 2, 3, None, None, None, 4, 5, 6, 7, None, None, 8]
    assert [day.why for day in days if day.number is None] == [
        "weekend", "weekend", "bank holiday", "weekend", "weekend"
    ]  # fmt: skip


def test_explanation_names_the_holiday_that_does_not_count():
    assert explanation(date(2026, 7, 8)) == (
        "Eight working days, counted from Wednesday 8 July 2026 (the day of the notice included), end with "
        "Monday 20 July 2026. Monday 13 July is a bank holiday somewhere in the United Kingdom and does not count. "
        "The contract may be signed on the day after."
    )


def test_explanation_is_silent_where_there_is_no_holiday():
    assert explanation(date(2026, 6, 1)) == (
        "Eight working days, counted from Monday 1 June 2026 (the day of the notice included), end with "
        "Wednesday 10 June 2026. The contract may be signed on the day after."
    )
