"""Small parts of a release."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from opendata.forms import ReleasesForm
from opendata.releases.pieces import REMOVED, day_end, day_start, instant, number, without_emails
from opendata.words import event_words


@pytest.mark.parametrize(
    ("value", "written"), [(Decimal("60000.00"), 60000), (Decimal("0.5"), 0.5), (1.23456789, 1.23457), (-2.0, -2)]
)
def test_numbers_are_whole_where_they_are_whole(value, written):
    assert (number(value), type(number(value))) == (written, type(written))


def test_days_carry_the_offset_of_their_season():
    found = (day_start(date(2026, 7, 8)), day_end(date(2026, 12, 8)))

    assert found == ("2026-07-08T00:00:00+01:00", "2026-12-08T23:59:59+00:00")


def test_instants_are_utc_to_the_second():
    assert instant(datetime(2026, 7, 8, 9, 30, 5, 999, UTC)) == "2026-07-08T09:30:05Z"


def test_R4_emails_are_taken_out_everywhere_but_the_teams_own():
    data = {"a": ["Ask jo.o'neil@firm.co.uk, now", {"b": "team@council.example"}], "c": 5}

    assert without_emails(data, keep={"team@council.example"}) == {
        "a": [f"Ask {REMOVED}, now", {"b": "team@council.example"}], "c": 5
    }  # fmt: skip


def test_an_event_without_a_name_is_read_from_its_verb():
    assert (event_words("award.contracted"), event_words("panel.set_up")) == ("Contract signed", "Panel set up")


@pytest.mark.parametrize(
    ("asked", "sentences"),
    [
        ({"limit": "0"}, ["limit: Give 1 or more."]),
        ({"limit": "101"}, ["limit: Give 100 at most."]),
        ({"cursor": "x"}, ["cursor: Write a whole number in digits, such as 12."]),
        (
            {"updatedFrom": "yesterday"},
            ["updatedFrom: “yesterday” is not an instant with its zone, such as 2026-07-08T09:00:00Z."],
        ),
        (
            {"updatedTo": "2026-07-08T09:00:00"},
            ["updatedTo: “2026-07-08T09:00:00” is not an instant with its zone, such as 2026-07-08T09:00:00Z."],
        ),
        ({"updatedFrom": "2026-07-08T09:00:00+01:00", "limit": "5", "cursor": "0"}, []),
    ],
)
def test_parameters_of_the_list_are_refused_with_their_name(asked, sentences):
    assert ReleasesForm(asked).sentences() == sentences
