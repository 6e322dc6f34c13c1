"""Who differs, and how well a panel agreed over all."""

from fractions import Fraction

import pytest

from assessment.scoring import furthest, reliability


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ({"A": 4, "B": 1, "C": 5}, {"B": Fraction(-7, 2)}),
        ({"A": 4, "B": 1}, {"A": Fraction(3), "B": Fraction(-3)}),
        ({"A": 2, "B": 2, "C": 2}, {}),
        ({"A": 2}, {}),
        ({}, {}),
    ],
)
def test_who_differs_most_from_the_middle_of_the_others(marks, expected):
    assert furthest(marks) == expected


def shares(*rows):
    """Marks by assessor and unit as shares of a scale to five; none where there is None."""
    return {
        who: {n: Fraction(mark, 5) for n, mark in enumerate(row) if mark is not None} for who, row in enumerate(rows)
    }


def test_alpha_of_a_panel_that_agrees_is_one_and_order_changes_nothing():
    rows = shares([1, 3, 5, None], [1, 3, 5, 2])

    assert reliability.alpha(rows) == pytest.approx(1)
    assert reliability.alpha(dict(reversed(rows.items()))) == pytest.approx(1)


@pytest.mark.parametrize(
    "rows", [[], [[1, 2, 3]], [[1, None], [None, 2]], [[3, 3], [3, 3]]], ids=["nobody", "one", "apart", "all the same"]
)
def test_alpha_that_cannot_be_computed_is_none_and_said_so(rows):
    found = reliability.alpha(shares(*rows))

    assert (found, reliability.in_words(found)[:14]) == (None, "not computable")


def test_alpha_is_read_in_words():
    assert [reliability.in_words(each) for each in (0.8, 0.7, 0.667, 0.66, -0.2)] == [
        "assessors agreed well", "assessors agreed partly", "assessors agreed partly", "assessors agreed poorly",
        "assessors agreed poorly",
    ]  # fmt: skip
