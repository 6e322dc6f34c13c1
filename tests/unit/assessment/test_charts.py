"""The stacked bars of a result."""

import re
from decimal import Decimal

from assessment.charts import NARROW, Bar, stacked_bars


def test_widths_follow_the_points():
    svg = stacked_bars(["Outcome", "Price"], [Bar("Submission 1", [Decimal(60), Decimal(20)])], "Points")

    widths = [Decimal(width) for width in re.findall(r'<rect x="[\d.]+" y="\d+" width="([\d.]+)" height="30"', svg)]
    assert widths == [Decimal("324.00"), Decimal("108.00")]


def test_letters_tie_bars_to_the_legend_and_totals_are_written():
    svg = stacked_bars(["Outcome", "Price"], [Bar("Submission 1", [Decimal(60), Decimal(20)])], "Points")

    assert re.findall(r">([^<>]+)</text>", svg) == [
        "A Outcome", "B Price", "Submission 1", "A 60.00", "B 20.00", "80.00",
    ]  # fmt: skip


def test_on_a_telephone_names_stand_above_their_bars_and_the_legend_is_wrapped():
    long = "How well the answer shows that it will be kept up by the people who live there"
    svg = stacked_bars([long, "Price"], [Bar("Submission 1", [Decimal(60), Decimal(40)])] * 2, "Points", NARROW)

    ends = [float(x) + float(width) for x, width in re.findall(r'<rect x="([\d.]+)" y="\d+" width="([\d.]+)"', svg)]
    words = re.findall(r">([^<>]+)</text>", svg)
    assert max(ends) == NARROW.width - NARROW.right
    assert " ".join(words[:3]) == f"A {long}"
    assert words[3:6] == ["B Price", "Submission 1", "A 60.00"]
    tops = [int(y) for y in re.findall(r'<rect x="[\d.]+" y="(\d+)" width="[\d.]+" height="30"', svg)]
    assert (tops[0], tops[2] - tops[0]) == (4 * 22 + 14 + NARROW.above, NARROW.row)


def test_names_are_escaped_and_nothing_needs_a_style_attribute():
    svg = stacked_bars(["<script>"], [Bar("<b>", [Decimal(1)])], 'a"b')

    assert [bad for bad in ("<script>", "<b>", "style=") if bad in svg] == []
