"""The figures of a pilot's page: what they say is what the data say, and none of them can be mistaken for a result."""

import math
from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest

from pilots import figures
from pilots.figures import Figure, Other, PlannedPlace, Sheet
from pilots.formats import DayOfDevice
from pilots.moves import Move, stays

SVG = "{http://www.w3.org/2000/svg}"
START = date(2026, 3, 2)
UNIT = "hours in which a street with more than four lamps was dark on a working day, from dusk to dawn"
PLAN: dict[str, Any] = {
    "design": "comparison", "metric": {"code": "dark", "name": "Dark <hours>", "unit": UNIT, "direction": "decrease"},
    "period": "week", "baseline_start": "2026-01-05", "start": "2026-03-02", "end": "2026-04-26",
    "minimum_worthwhile_effect": "2", "harm_limit": "1", "alpha": "0.05",
    "units": [{"unit": "a", "arm": "pilot"}, {"unit": "b", "arm": "pilot"}, {"unit": "c", "arm": "comparison"}],
}  # fmt: skip
PLACES = [
    PlannedPlace("a", "Abbey", "pilot", 2), PlannedPlace("b", "", "pilot", 1),
    PlannedPlace("c", "Court", "comparison", 1),
]  # fmt: skip
RESULT: dict[str, Any] = {
    "improvement": {"low": 0.5, "estimate": 2.5, "high": 4.5}, "confidence": 0.95, "scale": "difference",
}  # fmt: skip


def days(weeks: int = 12) -> list[DayOfDevice]:
    """Sites a and c report 10 a week, a falls to 6 at the start; a's second device stops then, b never reports."""
    found = []
    for week in range(weeks):
        day = date(2026, 1, 5) + timedelta(weeks=week)
        value = 6.0 if day >= START else 10.0 + week % 2
        found += [DayOfDevice("a", "pilot", "a1", day, value, 1), DayOfDevice("c", "comparison", "c", day, 10.0, 1)]
        if day < START:
            found.append(DayOfDevice("a", "pilot", "a2", day, value, 1))
    return found


def sheet(today: date = date(2026, 3, 30)) -> Sheet:
    return figures.sheet(PLAN, days(), PLACES, today)


def drawn(figure: Figure | None) -> ElementTree.Element:
    assert figure is not None
    return ElementTree.fromstring(figure.svg)  # noqa: S314 - our own markup


def all_of_them() -> list[Figure | None]:
    here = sheet()
    rain = Other("Rain & <b>hail</b>", "mm", "Source: a roof.", [(START, 3.0), (START + timedelta(days=1), 5.0)])
    return [
        figures.changes(here), figures.sites(here), figures.arrived(here), figures.control(here),
        figures.effect(PLAN, RESULT, is_result=True), figures.beside(here, rain),
    ]  # fmt: skip


def test_every_chart_is_described_and_carries_neither_style_nor_handler() -> None:
    for figure in all_of_them():
        svg = drawn(figure)
        names = {name for element in svg.iter() for name in element.attrib}
        described = [svg.find(f"{SVG}{name}") for name in ("title", "desc")]
        assert {name for name in names if name == "style" or name.startswith("on")} == set()
        assert all(element is not None and element.text for element in described)
        assert all(math.isfinite(float(each)) for e in svg.iter() for k, each in e.attrib.items() if k in ("x", "y"))


def ends_of(text: ElementTree.Element, left: float) -> tuple[float, float]:
    """Where a text begins and ends, if its letters are about as wide as a sans serif's."""
    x, room = left + float(text.attrib["x"]), 6.0 * len(text.text or "")
    before = {"end": room, "middle": room / 2}.get(text.attrib.get("text-anchor", "start"), 0.0)
    return x - before, x - before + room


def moved(svg: ElementTree.Element) -> list[tuple[ElementTree.Element, float]]:
    """Every text of a picture, and how far its group was moved to the right."""
    found = [(text, 0.0) for text in svg.findall(f"{SVG}text")]
    for group in svg.findall(f"{SVG}g"):
        left = float(group.attrib["transform"].removeprefix("translate(").split()[0].rstrip(")"))
        found += [(text, left) for text in group.findall(f"{SVG}text")]
    return found


def test_on_a_telephone_every_word_of_a_chart_has_room_and_every_shape_is_on_the_page() -> None:
    for figure in all_of_them():
        wide, narrow = drawn(figure), ElementTree.fromstring(figure.narrow if figure else "")  # noqa: S314
        width = float(narrow.attrib["viewBox"].split()[2])
        ends = [ends_of(*each) for each in moved(narrow)]
        named = [element.attrib["id"] for svg in (wide, narrow) for element in svg.iter() if "id" in element.attrib]
        asked = {element.attrib["href"][1:] for element in narrow.iter(f"{SVG}use")}
        assert width == 300
        assert min(first for first, _ in ends) >= 0
        assert max(last for _, last in ends) <= width
        assert len(named) == len(set(named))
        assert asked <= set(named)


def test_both_pictures_of_a_chart_show_the_same_values() -> None:
    """Heights are read back through the ticks of each picture: what is drawn is what the table says."""
    whole = figures.changes(sheet())
    for markup in (whole.svg, whole.narrow):
        svg = ElementTree.fromstring(markup)  # noqa: S314 - our own markup
        ticks = [float(line.attrib["y1"]) for line in svg.findall(f"{SVG}line[@class='chart-grid']")]
        named = [float(text.text or "") for text in svg.findall(f"{SVG}text") if (text.text or "").isdigit()]
        by = (named[-1] - named[0]) / (ticks[0] - ticks[-1])
        points = svg.findall(f"{SVG}polyline")[0].attrib["points"].split()
        values = [named[0] + by * (ticks[0] - float(point.split(",")[1])) for point in points]
        assert values == pytest.approx([row[2] for row in whole.rows if row[2] is not None], abs=0.05)


def test_the_arms_and_the_sites_say_what_was_measured() -> None:
    whole = figures.changes(sheet())
    assert whole.rows[0] == ["5 Jan 2026", "Baseline", 10.0, 10.0]
    assert whole.rows[8] == ["2 Mar 2026", "Pilot", 6.0, 10.0]
    assert whole.rows[-1] == ["20 Apr 2026", "Pilot", None, None]
    assert figures.sites(sheet()).rows == [
        ["Abbey", "Pilot", 10.5, 6.0, -4.5], ["b", "Pilot", None, None, None], ["Court", "Comparison", 10.0, 10.0, 0.0],
    ]  # fmt: skip


def test_what_arrived_counts_devices_and_leaves_out_what_is_not_due() -> None:
    found = figures.arrived(sheet())
    assert found.rows == [
        ["Abbey", "Pilot", 2, "100%", "50%"], ["b", "Pilot", 1, "0%", "0%"], ["Court", "Comparison", 1, "100%", "100%"],
    ]  # fmt: skip
    assert "Nothing ever arrived from b." in found.svg
    outlines = {f"#{each.attrib['id']}": each.attrib["d"] for each in drawn(found).findall(f"{SVG}defs/{SVG}path")}
    cells = drawn(found).findall(f"{SVG}defs/{SVG}g/{SVG}use")
    used = [(each.attrib["class"], outlines[each.attrib["href"]].count("M")) for each in cells]
    # Twelve weeks are due at each site; at b nothing arrived, so its cells are crossed out and none of them is filled.
    assert [cells for kind, cells in used if kind == "chart-cell"] == [12, 12, 12]
    assert [cells for kind, cells in used if kind == "chart-fill"] == [12, 12]
    assert [cells for kind, cells in used if kind == "chart-cross"] == [12]


def test_a_long_series_is_drawn_in_spans_and_its_table_begins_late_unless_all_of_it_is_asked_for() -> None:
    daily = PLAN | {"period": "day"}
    long = figures.sheet(daily, days(), PLACES, date(2026, 4, 1))
    assert [len(long.periods), len(long.spans), {len(span) for span in long.spans}] == [112, 56, {2}]
    assert long.spans[long.spans_before].start == long.start
    assert "A point is the mean of 2 days." in figures.sites(long).caption
    whole = figures.changes(long)
    short = whole.shortened()
    assert (len(whole.rows), len(short.rows), short.left_out) == (112, 12, 100)
    assert short.rows[-1] == ["23 Mar 2026", "Pilot", 6.0, 10.0]  # nothing is known of the days after it
    assert short.rows == whole.rows[66:78]
    assert figures.changes(sheet()).shortened().left_out == 0


def test_P4_a_device_that_moved_is_asked_for_where_it_stood() -> None:
    """a2 stood at a until 11 March and at b from the 13th: nothing is missing anywhere."""
    moved_on = date(2026, 3, 12)
    there = [DayOfDevice("b", "pilot", "a2", moved_on + timedelta(weeks=week, days=1), 6.0, 1) for week in range(3)]
    before = [DayOfDevice("a", "pilot", "a2", START + timedelta(weeks=week), 6.0, 1) for week in range(2)]
    stayed, left = dict(stays("a", [])), dict(stays("a", [Move(moved_on, "b", "pilot")]))
    places = [
        PlannedPlace("a", "Abbey", "pilot", 1, (stayed["a"], left["a"])),
        PlannedPlace("b", "", "pilot", 1, (left["b"],)),
    ]
    found = figures.arrived(figures.sheet(PLAN, [*days(), *before, *there], places, date(2026, 3, 30)))
    assert found.rows == [["Abbey", "Pilot", 1, "100%", "100%"], ["b", "Pilot", 1, "none due", "100%"]]


def test_the_control_chart_marks_what_is_worth_a_look_and_says_that_nobody_decides_on_it() -> None:
    found = figures.control(sheet())
    assert found is not None
    assert [row[2] for row in found.rows[-4:]] == ["outside the limits"] * 4
    assert "about one in four unaffected pilots shows one" in found.caption
    assert found.notes == ["Signals stand at 4 of 4 weeks since the start. Nobody decides on them."]


def test_without_a_pilot_period_there_is_no_control_chart() -> None:
    young = figures.sheet(PLAN, days(weeks=6), PLACES, date(2026, 2, 16))
    assert figures.control(young) is None


def test_P3_a_provisional_interval_is_drawn_open_and_says_that_it_is_no_result() -> None:
    so_far, final = (figures.effect(PLAN, RESULT, is_result=is_result) for is_result in (False, True))
    said = [any("not a result" in (e.text or "") for e in drawn(figure).iter()) for figure in (so_far, final)]
    points = [drawn(figure).findall(f"{SVG}circle")[0].attrib["class"] for figure in (so_far, final)]
    assert said == [True, False]
    assert points == ["chart-point chart-point--comparison", "chart-point"]


def test_the_interval_stands_where_its_numbers_are() -> None:
    final = figures.effect(PLAN, RESULT, is_result=True)
    svg = drawn(final)
    worth = float(svg.findall(f"{SVG}line[@class='chart-limit']")[0].attrib["x1"])
    low, high = (float(svg.findall(f"{SVG}line[@class='chart-line']")[0].attrib[end]) for end in ("x1", "x2"))
    estimate = float(svg.findall(f"{SVG}circle")[0].attrib["cx"])
    assert low < worth < estimate < high
    assert (estimate - worth) / (high - low) == pytest.approx(0.5 / 4, abs=0.005)
    assert final is not None
    assert final.rows == [["Dark <hours>", "Decides", 0.5, 2.5, 4.5, UNIT]]


def test_an_effect_without_an_interval_is_not_drawn() -> None:
    none = RESULT | {"improvement": {"low": None, "estimate": 2.5, "high": None}}
    assert figures.effect(PLAN, none, is_result=True) is None


@pytest.mark.parametrize(("is_summed", "value"), [(True, 8.0), (False, 4.0)])
def test_another_series_is_put_on_the_same_periods(is_summed: bool, value: float) -> None:
    inside = [(START, 3.0), (START + timedelta(days=6), 5.0)]
    rain = Other("Rain", "mm", "Source: a roof.", [*inside, (date(2020, 1, 1), 99.0)], is_summed)
    found = figures.beside(sheet(), rain)
    assert [row for row in found.rows if row[1] is not None] == [["2 Mar 2026", value]]
    assert "It enters no analysis and no verdict." in found.caption
