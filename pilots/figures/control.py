"""Is anything unusual? A control chart of the pilot sites, which prompts to look and decides nothing (P3)."""

from typing import Any

from pilots.charts import NARROW, ControlChart, draw_control
from pilots.figures.sheets import Figure, Sheet, rounded, safe
from pilots.statistics import individuals_chart
from pilots.statistics.segmented import pilot_series

METHODS = {
    "moving_range": "mean of the baseline, plus and minus 2.66 times the mean moving range",
    "standard_deviation": "mean of the baseline, plus and minus three standard deviations, because neighbouring values "
    "resemble each other",
}
KINDS = {"outside": "outside the limits", "run": "eight in a row on one side"}


def control(sheet: Sheet) -> Figure | None:
    """The pilot sites' mean against the limits of the baseline; None while the baseline is too short to have limits."""
    series = pilot_series(sheet.table)
    before = series.times < 0
    found = individuals_chart(series.values[before].tolist(), series.values[~before].tolist())
    if found is None:
        return None
    known = dict(zip(series.times.tolist(), series.values.tolist(), strict=True))
    values = [known.get(period) for period in sheet.periods]
    after = series.times[~before].tolist()
    signals = {sheet.periods.index(after[signal.index]): KINDS[signal.kind] for signal in found.signals}
    many = f"{len(signals)} of {len(after)} {sheet.plan['period']}s since the start"
    chart = ControlChart(
        id="control", title="Control chart", description=f"A signal stands at {many}.", unit=sheet.unit,
        labels=sheet.labels, start=sheet.start, values=values, centre=found.centre, lower=found.lower,
        upper=found.upper, signals=set(signals),
    )  # fmt: skip
    return Figure(
        id="control",
        title="Is anything unusual? The control chart of the pilot sites",
        svg=safe(draw_control(chart)),
        narrow=safe(draw_control(chart, NARROW)),
        caption=f"Limits: {METHODS[found.method]}. {found.caution}",
        head=["Period from", "Mean of the pilot sites", "Worth a look"],
        rows=_rows(sheet, values, signals),
        notes=[f"Signals stand at {many}. Nobody decides on them."],
    )


def _rows(sheet: Sheet, values: list[float | None], signals: dict[int, str]) -> list[list[Any]]:
    return [
        [label, rounded(value), signals.get(place, "no")]
        for place, (label, value) in enumerate(zip(sheet.labels, values, strict=True))
        if value is not None
    ]
