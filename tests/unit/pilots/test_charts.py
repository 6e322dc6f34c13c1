"""The chart: well-formed, described in words, with nothing that the content security policy refuses."""

from xml.etree import ElementTree

from pilots.charts import Line, SeriesChart, describe, draw_series

SVG = "{http://www.w3.org/2000/svg}"


def chart(*lines: Line, periods: int = 6, start: int = 3) -> SeriesChart:
    labels = [f"{day} Jun" for day in range(1, periods + 1)]
    return SeriesChart("series", "Thefts <b>& more</b>", "What is seen.", "thefts", labels, start, lines)


def drawn(*lines: Line, **values: int) -> ElementTree.Element:
    return ElementTree.fromstring(draw_series(chart(*lines, **values)))  # noqa: S314 - our own markup


def test_the_picture_has_a_title_and_a_description_that_name_it() -> None:
    svg = drawn(Line("Pilot sites", [1, 2, 3, 4, 5, 6]))
    assert svg.attrib["aria-labelledby"] == "series-name series-words"
    assert [svg.find(f"{SVG}{name}").text for name in ("title", "desc")] == ["Thefts <b>& more</b>", "What is seen."]


def test_no_element_carries_a_style_or_a_handler() -> None:
    svg = drawn(Line("Pilot sites", [1, 2, 3, 4, 5, 6]), Line("Comparison sites", [2, 2, 2, 2, 2, 2], True))
    names = {name for element in svg.iter() for name in element.attrib}
    assert {name for name in names if name == "style" or name.startswith("on")} == set()


def test_a_gap_breaks_the_line_and_a_lonely_value_keeps_its_marker() -> None:
    svg = drawn(Line("Pilot sites", [1, 2, None, 4, None, 6]))
    assert len(svg.findall(f"{SVG}polyline")) == 1
    assert len(svg.findall(f"{SVG}circle")) == 4 + 1  # values, and the sample in the legend


def test_the_lines_differ_by_more_than_colour() -> None:
    svg = drawn(Line("Pilot sites", [1] * 6), Line("Comparison sites", [2] * 6, True))
    classes = [line.attrib["class"] for line in svg.findall(f"{SVG}polyline")]
    assert classes == ["chart-line", "chart-line chart-line--comparison"]


def test_without_readings_there_is_a_frame_and_a_sentence() -> None:
    empty = Line("Pilot sites", [None] * 6)
    assert drawn(empty).findall(f"{SVG}polyline") == []
    assert describe([empty], 3, "thefts") == "No readings have arrived yet."


def test_the_description_gives_each_lines_mean_before_and_since() -> None:
    lines = [Line("Pilot sites", [4, 4, None, 2, 2]), Line("Comparison sites", [5, 5, 5, None, None], True)]
    assert describe(lines, 3, "thefts") == (
        "Pilot sites averaged 4 thefts before the start and 2 since. "
        "Comparison sites averaged 5 thefts before the start; nothing is known since."
    )


def test_constant_and_huge_values_are_drawn_inside_the_frame() -> None:
    for values in ([7.0] * 6, [0.0] * 6, [-1e9, 1e9, 0, 0, 0, 0]):
        heights = [float(point.attrib["cy"]) for point in drawn(Line("Pilot sites", values)).findall(f"{SVG}circle")]
        assert all(0 <= height <= 360 for height in heights)
