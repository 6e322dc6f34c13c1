"""Money as people write it, and the two nights on which the clocks change."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django import forms

from accounts.fields import InstantField, MoneyField


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("30000", "30000"), ("£1,000.50", "1000.50"), ("£ 60,000", "60000"), ("1 200", "1200"),
        ("0", "0"), ("-5", "-5"), ("1,234,567.8", "1234567.8"),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_people_write_it(typed: str, amount: str) -> None:
    assert MoneyField().clean(typed) == Decimal(amount)


@pytest.mark.parametrize("typed", ["30,50", "1.000,50", "12,34,567", "£", "€1,200", "about 5", "NaN", "£120k"])
def test_what_could_be_read_in_two_ways_is_no_amount(typed: str) -> None:
    with pytest.raises(forms.ValidationError):
        MoneyField().clean(typed)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (
            "2027-03-28T01:30",
            "Choose another time than 01:30: on 28 March 2027 the clocks go forward and leave it out.",
        ),
        (
            "2027-10-31T01:30",
            "Choose another time than 01:30: on 31 October 2027 the clocks go back and it comes twice.",
        ),
    ],
)
def test_T2_an_hour_that_does_not_come_or_comes_twice_is_told(typed: str, sentence: str) -> None:
    with pytest.raises(forms.ValidationError) as refused:
        InstantField().clean(typed)
    assert refused.value.messages == [sentence]


def test_T2_the_moments_beside_them_are_taken() -> None:
    taken = [InstantField().clean(typed) for typed in ("2027-03-28T00:59", "2027-03-28T02:00", "2027-10-31T02:00")]
    assert taken == [
        datetime(2027, 3, 28, 0, 59, tzinfo=UTC), datetime(2027, 3, 28, 1, tzinfo=UTC),
        datetime(2027, 10, 31, 2, tzinfo=UTC),
    ]  # fmt: skip
