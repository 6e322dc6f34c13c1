"""The stacked bars of a result."""

import re
from decimal import Decimal

from assessment.charts import Bar, stacked_bars


def test_widths_follow_the_points():
    svg = stacked_bars(["Outcome", "Price"], [Bar("Submission 1", [Decimal(60), Decimal(20)])], "Points")

    widths = [Decimal(width) for width in re.findall(r'<rect x="[\d.]+" y="\d+" width="([\d.]+)" height="30"', svg)]
    assert widths == [Decimal("324.00"), Decimal("108.00")]


def test_letters_tie_bars_to_the_legend_and_totals_are_written():
    svg = stacked_bars(["Outcome", "Price"], [Bar("Submission 1", [Decimal(60), Decimal(20)])], "Points")

    assert re.findall(r">([^<>]+)</text>", svg) == [
        "A Outcome", "B Price", "Submission 1", "A 60.00", "B 20.00", "80.00",
    ]  # fmt: skip


def test_names_are_escaped_and_nothing_needs_a_style_attribute():
    svg = stacked_bars(["<script>"], [Bar("<b>", [Decimal(1)])], 'a"b')

    assert [bad for bad in ("<script>", "<b>", "style=") if bad in svg] == []
