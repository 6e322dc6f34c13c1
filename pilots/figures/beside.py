"""Another series on the same dates: the weather, say, or another measure. It stands beside and enters no analysis."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pilots.charts import NARROW, Line, SeriesChart, axis_words, describe, draw_series
from pilots.figures.sheets import Figure, Sheet, rounded, safe
from pilots.statistics import is_in_window, period_index


@dataclass(frozen=True)
class Other:
    """Another series: its name, unit and daily values, where it comes from, and whether days are summed or averaged."""

    name: str
    unit: str
    source: str
    days: Iterable[tuple[date, float]]
    is_summed: bool = False


def beside(sheet: Sheet, other: Other) -> Figure:
    """One value of it for each period of the pilot."""
    found: dict[int, list[float]] = {}
    for day, value in other.days:
        if is_in_window(sheet.whole, day):
            found.setdefault(period_index(sheet.whole, day), []).append(value)
    values = [_one(found.get(period, []), other.is_summed) for period in sheet.periods]
    lines, period = [Line(other.name, values)], sheet.plan["period"]
    words, how = describe(lines, sheet.start, other.unit), "Sum" if other.is_summed else "Mean"
    chart = SeriesChart("beside", other.name, words, other.unit, sheet.labels, sheet.start, lines)
    return Figure(
        id="beside",
        title=f"Beside it: {other.name}",
        svg=safe(draw_series(chart)),
        narrow=safe(draw_series(chart, NARROW)),
        caption=f"{how} in each {period}, in {other.unit}, on the dates of the chart above. {other.source} "
        f"It enters no analysis and no verdict. {axis_words(lines)}".rstrip(),
        head=[f"{period.capitalize()} from", other.name],
        rows=[[label, rounded(value)] for label, value in zip(sheet.labels, values, strict=True)],
    )


def _one(values: list[float], sums: bool) -> float | None:
    if not values:
        return None
    return math.fsum(values) if sums else math.fsum(values) / len(values)
