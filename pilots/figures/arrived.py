"""What arrived of what was expected: in a few figures, and site by site through time."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from pilots.charts import NARROW, HeatMap, HeatRow, draw_heat
from pilots.figures.sheets import ARM_NAMES, ARM_OF_ONE, Figure, PlannedPlace, Sheet, safe
from pilots.statistics import completeness

MOST_ROWS = 60
WINDOW_NAMES = {"baseline": "before the start", "pilot": "since the start"}
Counts = npt.NDArray[np.int64]


def arrived(sheet: Sheet) -> Figure:
    """A row for each site, a cell for each span of periods: the share of its devices' values that arrived."""
    spans, counts = sheet.spans, _counts(sheet)
    rows = [
        HeatRow(place.name or place.code, _shares(sheet, counts[place.code], place, spans))
        for place in sheet.places[:MOST_ROWS]
    ]
    labels = [sheet.labels[span.start] for span in spans]
    table = [_row(sheet, counts[place.code], place) for place in sheet.places]
    chart = HeatMap("arrived", "What arrived", _words(table), labels, sheet.spans_before, rows)
    more = len(sheet.places) - len(rows)
    return Figure(
        id="arrived",
        title="What arrived, site by site",
        svg=safe(draw_heat(chart)),
        narrow=safe(draw_heat(chart, NARROW)),
        caption=f"A cell is {sheet.span_words} of one site, filled as high as the share of its devices’ values that "
        "arrived.",
        head=["Site", "Part", "Devices", "Arrived before the start", "Arrived since"],
        rows=table,
        notes=[f"{more} more sites are in the table alone."] if more > 0 else [],
    )


def arrived_shares(sheet: Sheet) -> list[tuple[str, int]]:
    """How much of what was expected arrived, in whole per cents, by arm and window."""
    start, end = sheet.whole.start, sheet.whole.end
    has_begun = sheet.today > start
    so_far = replace(sheet.whole, end=max(start, min(end, sheet.today - timedelta(days=1))))
    return [
        (f"{ARM_NAMES[share.arm]}, {WINDOW_NAMES[share.window]}", round(100 * share.fraction))
        for share in completeness(sheet.table if so_far == sheet.whole else sheet.rows, so_far).shares
        if has_begun or share.window == "baseline"
    ]


def _counts(sheet: Sheet) -> Mapping[str, Counts]:
    """Of each site, how many devices have a value in each period."""
    found = {place.code: np.zeros(len(sheet.periods), dtype=np.int64) for place in sheet.places}
    present = ~np.isnan(sheet.table.series)
    for (site, _), values in zip(sheet.table.sources, present, strict=True):
        if site in found:
            found[site] += values
    return found


def _shares(sheet: Sheet, counts: Counts, place: PlannedPlace, spans: Sequence[range]) -> list[float | None]:
    return [_share(sheet, counts, place, span) for span in spans]


def _share(sheet: Sheet, counts: Counts, place: PlannedPlace, span: range) -> float | None:
    """None where nothing is due: the time lies ahead, or no device stood there."""
    due = [period for period in span if period < sheet.due]
    asked = sum(sheet.asked(place, period) for period in due)
    return float(counts[due].sum()) / asked if asked else None


def _row(sheet: Sheet, counts: Counts, place: PlannedPlace) -> list[object]:
    windows = (range(sheet.start), range(sheet.start, len(sheet.periods)))
    shares = [_share(sheet, counts, place, window) for window in windows]
    told = ["none due" if share is None else f"{100 * min(share, 1):.0f}%" for share in shares]
    return [place.name or place.code, ARM_OF_ONE[place.arm], place.devices, *told]


def _words(table: Sequence[Sequence[object]]) -> str:
    silent = [str(row[0]) for row in table if row[3:] == ["0%", "0%"] or (row[3] == "0%" and row[4] == "none due")]
    gone = [str(row[0]) for row in table if row[4] == "0%" and row[3] != "0%"]
    parts = [
        f"Nothing ever arrived from {', '.join(silent[:5])}{' and others' if len(silent) > 5 else ''}."
        if silent
        else "",
        f"Nothing has arrived since the start from {', '.join(gone[:5])}." if gone else "",
    ]
    return " ".join(filter(None, parts)) or "Every site has reported in each part of the pilot that is due."


def _some(names: Sequence[str], shown: int = 5) -> str:
    return ", ".join(names[:shown]) + (" and others" if len(names) > shown else "")
