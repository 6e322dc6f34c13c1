"""Money, instants and states in words; T2: London's time with the zone's name, across both clock changes."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from challenges.models import Phase
from marketplace.words import by, day, figure, look, money, time_left, when

CLOSES = datetime(2026, 6, 12, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        (Decimal("30000.00"), "GBP", "£30,000"),
        (Decimal("1250.5"), "GBP", "£1,250.50"),
        (1_250_000, "EUR", "€1,250,000"),
        (20_000, "USD", "US$20,000"),
        (950_000, "SEK", "950,000 SEK"),
        ("-12.30", "GBP", "−£12.30"),
        (0, "GBP", "£0"),
        (Decimal("0.005"), "GBP", "£0"),
        (None, "GBP", ""),
        ("", "GBP", ""),
    ],
)
def test_money_is_written_with_its_currency(amount, currency, words):
    assert money(amount, currency) == words


def test_T2_noon_is_called_noon():
    assert when(CLOSES) == "Friday 12 June 2026, 12:00 noon BST"


def test_T2_midnight_belongs_to_the_day_it_begins():
    assert when(datetime(2026, 1, 8, 0, 0, tzinfo=UTC)) == "Thursday 8 January 2026, 00:00 GMT"
    assert by(datetime(2026, 1, 8, 0, 0, tzinfo=UTC)) == "the end of Wednesday 7 January 2026"
    assert by(datetime(2026, 6, 11, 23, 0, tzinfo=UTC)) == "the end of Thursday 11 June 2026"
    assert by(CLOSES) == when(CLOSES)


@pytest.mark.parametrize(
    ("instant", "words"),
    [
        (datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC), "Sunday 29 March 2026, 00:59 GMT"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "Sunday 29 March 2026, 02:00 BST"),
    ],
)
def test_T2_the_hour_that_spring_skips_is_never_shown(instant, words):
    assert when(instant) == words


@pytest.mark.parametrize(
    ("instant", "words"),
    [
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "Sunday 25 October 2026, 01:30 BST"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "Sunday 25 October 2026, 01:30 GMT"),
    ],
)
def test_T2_the_hour_that_autumn_repeats_is_told_apart_by_its_zone(instant, words):
    assert when(instant) == words


def test_T2_an_instant_late_in_the_evening_has_london_s_date():
    assert day(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == "1 July 2026"


def test_a_date_is_written_as_it_is():
    assert day(date(2026, 12, 4)) == "4 December 2026"


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=40), "40 days left"),
        (timedelta(days=3, hours=23), "3 days left"),
        (timedelta(days=1), "1 day left"),
        (timedelta(hours=23, minutes=59), "23 hours left"),
        (timedelta(hours=1), "1 hour left"),
        (timedelta(minutes=59, seconds=59), "59 minutes left"),
        (timedelta(minutes=1), "1 minute left"),
        (timedelta(microseconds=1), "less than a minute left"),
        (timedelta(0), "closed"),
        (timedelta(days=-1), "closed"),
    ],
)
def test_T2_time_left_is_rounded_down_and_closed_from_the_instant_itself(left, words):
    assert time_left(CLOSES, CLOSES - left) == words


def test_T2_time_left_counts_elapsed_hours_across_the_clock_change():
    before, after = datetime(2026, 3, 28, 12, 0, tzinfo=UTC), datetime(2026, 3, 29, 11, 0, tzinfo=UTC)
    assert (when(before), when(after)) == (
        "Saturday 28 March 2026, 12:00 noon GMT",
        "Sunday 29 March 2026, 12:00 noon BST",
    )
    assert time_left(after, before) == "23 hours left"


@pytest.mark.parametrize(
    ("number", "words"),
    [(Decimal("40.000"), "40"), (Decimal("0.5000"), "0.5"), (1284, "1,284"), (None, "")],
)
def test_a_figure_has_no_needless_zeros(number, words):
    assert figure(number) == words


def test_every_phase_has_a_shape_of_its_own_meaning():
    assert {phase.value: look(phase) for phase in Phase} == {
        "draft": ("dashed", "quiet"),
        "upcoming": ("arrow", "ahead"),
        "open": ("disc", "live"),
        "closed": ("square", "quiet"),
        "assessing": ("half", "busy"),
        "assessed": ("diamond", "busy"),
        "piloting": ("half", "busy"),
        "concluded": ("square", "quiet"),
        "cancelled": ("cross", "bad"),
    }


def test_an_unknown_state_is_quiet():
    assert look("something new") == ("dashed", "quiet")
