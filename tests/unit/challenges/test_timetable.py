"""Working days of the United Kingdom, standstills and the windows of a call (T2, T4, T5, C2, D4)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from challenges.timetable import (
    WINDOWS,
    Dates,
    TimetableError,
    add_working_days,
    day_of,
    earliest_close_after_amendment,
    earliest_close_on,
    is_working_day,
    last_known_day,
    problems_with,
    standstill_ends_on,
)

LONDON = ZoneInfo("Europe/London")


def noon(year, month, day):
    return datetime(year, month, day, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "day",
    [
        pytest.param(date(2026, 7, 11), id="Saturday"),
        pytest.param(date(2026, 7, 12), id="Sunday"),
        pytest.param(date(2026, 7, 13), id="Northern Ireland only"),
        pytest.param(date(2026, 3, 17), id="St Patrick's Day"),
        pytest.param(date(2026, 8, 3), id="Scotland's summer holiday"),
        pytest.param(date(2026, 8, 31), id="England's summer holiday"),
        pytest.param(date(2026, 11, 30), id="St Andrew's Day"),
        pytest.param(date(2026, 4, 3), id="Good Friday"),
        pytest.param(date(2026, 4, 6), id="Easter Monday, not in Scotland"),
        pytest.param(date(2026, 12, 25), id="Christmas Day"),
        pytest.param(date(2027, 12, 25), id="Christmas Day on a Saturday"),
        pytest.param(date(2027, 12, 27), id="its substitute"),
        pytest.param(date(2027, 1, 4), id="2 January's substitute in Scotland"),
    ],
)
def test_T4_a_holiday_anywhere_in_the_kingdom_is_no_working_day(day):
    assert is_working_day(day) is False


@pytest.mark.parametrize("day", [date(2026, 7, 10), date(2026, 7, 14), date(2026, 12, 24), date(2026, 12, 29)])
def test_T4_every_other_weekday_is_a_working_day(day):
    assert is_working_day(day) is True


def test_the_table_reaches_the_end_of_2028_at_least():
    assert last_known_day() >= date(2028, 12, 31)
    assert is_working_day(date(2028, 12, 29)) is True


def test_dates_beyond_the_table_are_refused_in_a_sentence():
    after = last_known_day() + timedelta(days=1)

    with pytest.raises(TimetableError) as refusal:
        is_working_day(after)

    assert str(refusal.value) == (
        f"Bank holidays are known from 1 January 2012 to 31 December {after.year - 1}, so 1 January {after.year} "
        "cannot be counted. Update the holiday table or choose another date."
    )


def test_dates_before_the_table_are_refused():
    with pytest.raises(TimetableError, match="31 December 2011 cannot be counted"):
        is_working_day(date(2011, 12, 31))


def test_a_count_that_runs_beyond_the_table_is_refused():
    with pytest.raises(TimetableError, match="cannot be counted"):
        standstill_ends_on(last_known_day() - timedelta(days=5))


@pytest.mark.parametrize(
    ("start", "days", "counting_start", "expected"),
    [
        (date(2026, 7, 8), 1, True, date(2026, 7, 8)),
        (date(2026, 7, 8), 1, False, date(2026, 7, 9)),
        (date(2026, 7, 10), 1, False, date(2026, 7, 14)),
        (date(2026, 7, 11), 1, True, date(2026, 7, 14)),
        (date(2026, 7, 11), 2, False, date(2026, 7, 15)),
        (date(2026, 12, 23), 4, True, date(2026, 12, 30)),
    ],
)
def test_adding_working_days(start, days, counting_start, expected):
    assert add_working_days(start, days, counting_start=counting_start) == expected


@pytest.mark.parametrize("days", [0, -1])
def test_less_than_one_working_day_is_refused(days):
    with pytest.raises(TimetableError, match="one is the least"):
        add_working_days(date(2026, 7, 8), days, counting_start=True)


@pytest.mark.parametrize(
    ("published_on", "ends_on"),
    [
        pytest.param(date(2026, 7, 8), date(2026, 7, 20), id="13 July does not count"),
        pytest.param(date(2026, 6, 1), date(2026, 6, 10), id="an ordinary fortnight"),
        pytest.param(date(2026, 6, 6), date(2026, 6, 17), id="published on a Saturday"),
        pytest.param(date(2026, 3, 30), date(2026, 4, 10), id="Easter"),
        pytest.param(date(2026, 12, 21), date(2027, 1, 5), id="Christmas and New Year"),
    ],
)
def test_D4_the_standstill_counts_the_day_of_publication(published_on, ends_on):
    assert standstill_ends_on(published_on) == ends_on


def test_D4_a_standstill_may_be_longer_and_never_shorter():
    assert standstill_ends_on(date(2026, 6, 1), 10) == date(2026, 6, 12)
    with pytest.raises(TimetableError, match="at least 8 working days, not 7"):
        standstill_ends_on(date(2026, 6, 1), 7)


# A call's dates


def dates(**changes):
    usual = {
        "published_at": noon(2026, 6, 1),
        "questions_close_at": noon(2026, 6, 12),
        "answers_due_at": noon(2026, 6, 18),
        "closes_at": noon(2026, 6, 30),
    }
    return Dates(**{**usual, **changes})


def problems(given, **changes):
    return problems_with(given, **{"route": "A", "at": noon(2026, 6, 1), **changes})


def test_T4_dates_in_order_with_a_full_window_hold():
    assert problems(dates()) == []


def test_T4_questions_and_answers_may_share_an_instant_but_the_close_comes_later():
    instant = noon(2026, 6, 1)

    assert problems(dates(questions_close_at=instant, answers_due_at=instant)) == []
    assert problems(dates(answers_due_at=noon(2026, 6, 30))) == ["The call must close after answers are due."]


def test_T4_every_fault_of_order_is_listed():
    given = dates(questions_close_at=noon(2026, 5, 30), answers_due_at=noon(2026, 5, 29))
    late = dates(answers_due_at=noon(2026, 7, 1))

    assert problems(given) == [
        "Questions close before the challenge is published.",
        "Answers are due before questions close.",
    ]
    assert problems(late) == ["The call must close after answers are due."]


def test_T4_the_window_of_a_route_is_kept_to_the_day():
    assert problems(dates(closes_at=noon(2026, 6, 26))) == []
    (problem,) = problems(dates(closes_at=noon(2026, 6, 25)))
    assert problem == (
        "Route A leaves suppliers at least 25 days after the day of publication (1 June 2026): "
        "the call may close on 26 June 2026 at the earliest, and closes on 25 June 2026."
    )


def test_T2_a_close_at_midnight_ends_the_day_before():
    midnight = datetime(2026, 6, 26, tzinfo=LONDON)

    assert len(problems(dates(closes_at=midnight))) == 1
    assert problems(dates(closes_at=midnight + timedelta(microseconds=1))) == []


@pytest.mark.parametrize(
    ("route", "is_above_threshold", "day"),
    [
        ("A", True, date(2026, 6, 26)),
        ("A", False, date(2026, 6, 16)),
        ("B", True, date(2026, 6, 16)),
        ("B", False, date(2026, 6, 16)),
        ("C", True, date(2026, 6, 26)),
        ("C", False, date(2026, 6, 16)),
    ],
)
def test_the_earliest_close_of_each_route(route, is_above_threshold, day):
    assert earliest_close_on(noon(2026, 6, 1), route=route, is_above_threshold=is_above_threshold) == day


def test_every_route_gives_more_days_to_answer_than_an_amendment_adds():
    assert sorted(WINDOWS) == ["A", "B", "C"]
    assert [w.amendment_days < w.minimum_days_below_threshold <= w.minimum_days for w in WINDOWS.values()] == [True] * 3


def test_T5_publishing_late_shortens_the_window():
    found = problems(dates(), at=noon(2026, 6, 10))

    assert [problem[:77] for problem in found] == [
        "Route A leaves suppliers at least 25 days after the day of publication (10 Ju"
    ]


@pytest.mark.parametrize("at", [noon(2026, 6, 30), noon(2026, 7, 1)])
def test_T5_a_deadline_that_has_passed_is_refused(at):
    assert problems(dates(), at=at) == ["The closing time has already passed."]


def test_days_are_those_of_the_united_kingdom():
    assert day_of(datetime(2026, 6, 1, 23, 30, tzinfo=UTC)) == date(2026, 6, 2)
    assert day_of(datetime(2026, 12, 1, 23, 30, tzinfo=UTC)) == date(2026, 12, 1)


def test_T2_the_hour_that_the_clock_shows_twice_is_told_apart():
    first = datetime(2026, 10, 25, 1, 30, tzinfo=LONDON)
    second = first.replace(fold=1)
    given = {"published_at": noon(2026, 9, 1), "questions_close_at": noon(2026, 9, 20)}

    assert problems(Dates(**given, answers_due_at=first, closes_at=second)) == []
    assert problems(Dates(**given, answers_due_at=second, closes_at=first)) == [
        "The call must close after answers are due."
    ]


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(TimetableError, match="2026-06-30 12:00 has no time zone"):
        dates(closes_at=datetime(2026, 6, 30, 12))  # noqa: DTZ001


# Amendments


def test_C2_a_material_amendment_moves_a_close_that_is_too_near():
    moved = earliest_close_after_amendment(noon(2026, 6, 25), noon(2026, 6, 30), route="A")

    assert moved == noon(2026, 7, 5)


def test_C2_a_close_far_enough_stays():
    closes_at = noon(2026, 6, 30)

    assert earliest_close_after_amendment(noon(2026, 6, 20), closes_at, route="A") == closes_at
    assert earliest_close_after_amendment(noon(2026, 6, 25), closes_at, route="B") == closes_at


def test_C2_a_moved_deadline_keeps_its_time_of_day_across_a_change_of_the_clocks():
    moved = earliest_close_after_amendment(noon(2026, 10, 22), noon(2026, 10, 23), route="A")

    assert moved == datetime(2026, 11, 1, 13, tzinfo=UTC)


def test_C2_a_deadline_at_midnight_leaves_the_whole_last_day():
    midnight = datetime(2026, 6, 27, tzinfo=LONDON)

    assert earliest_close_after_amendment(noon(2026, 6, 25), midnight, route="A") == datetime(2026, 7, 6, tzinfo=LONDON)
