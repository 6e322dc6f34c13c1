"""The chart of a pilot and the figures beside it, from its registered plan and its readings so far."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pilots import plans
from pilots.charts import Line, SeriesChart, describe, draw_series
from pilots.formats import DayOfDevice, analysis_cells
from pilots.statistics import Plan, UnitPeriod, analysis_table, completeness, period_start, window_periods

ARM_NAMES = {"pilot": "Pilot sites", "comparison": "Comparison sites"}
WINDOW_NAMES = {"baseline": "before the start", "pilot": "since the start"}


@dataclass(frozen=True)
class Series:
    """A drawn chart (`svg`, safe markup), its table, and how much of what was expected arrived (whole per cents)."""

    title: str
    svg: str
    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[Any]]
    completeness: Sequence[tuple[str, int]]


def series(plan: Mapping[str, Any], days: Sequence[DayOfDevice], today: date) -> Series:
    """The series of a registered plan's primary metric as it stands on `today`."""
    whole = plans.statistical(plan)
    rows = [cell.row for cell in analysis_cells(days, whole)]
    periods, means = window_periods(whole), _means(rows, whole)
    lines = [
        Line(ARM_NAMES[arm], [means[arm].get(period) for period in periods], arm == "comparison")
        for arm in ARM_NAMES
        if arm == "pilot" or any(each["arm"] == arm for each in plan["units"])
    ]
    labels = [_words(period_start(whole, period).date()) for period in periods]
    start = sum(period < 0 for period in periods)
    title, unit = plan["metric"]["name"], plan["metric"]["unit"]
    chart = SeriesChart("series", title, describe(lines, start, unit), unit, labels, start, lines)
    return Series(
        title=title,
        svg=draw_series(chart),
        caption=f"Mean of the sites in each {plan['period']}, in {unit}. The pilot starts on {_words(whole.start)}.",
        head=[f"{plan['period'].capitalize()} from", "Part", *[line.name for line in lines]],
        rows=[
            [label, "Baseline" if period < 0 else "Pilot", *[_rounded(line.values[place]) for line in lines]]
            for place, (label, period) in enumerate(zip(labels, periods, strict=True))
        ],
        completeness=_completeness(rows, plan, today),
    )


def _means(rows: Iterable[UnitPeriod], plan: Plan) -> dict[str, dict[int, float]]:
    """Mean over the sites of an arm in each period; a site is the mean of its devices."""
    table = analysis_table(rows, plan)
    means: dict[str, dict[int, float]] = {arm: {} for arm in ARM_NAMES}
    for place, period in enumerate(table.periods.tolist()):
        column = table.values[:, place].tolist()
        for arm, found in means.items():
            values = [
                value for value, own in zip(column, table.arms, strict=True) if own == arm and not math.isnan(value)
            ]
            if values:
                found[period] = math.fsum(values) / len(values)
    return means


def _completeness(rows: Sequence[UnitPeriod], plan: Mapping[str, Any], today: date) -> list[tuple[str, int]]:
    start, end = date.fromisoformat(plan["start"]), date.fromisoformat(plan["end"])
    has_begun = today > start
    so_far = plans.statistical(plan, end=max(start, min(end, today - timedelta(days=1))))
    shares = completeness(rows, so_far).shares
    return [
        (f"{ARM_NAMES[share.arm]}, {WINDOW_NAMES[share.window]}", round(100 * share.fraction))
        for share in shares
        if has_begun or share.window == "baseline"
    ]


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")


def _words(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
