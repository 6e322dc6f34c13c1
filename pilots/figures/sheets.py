"""What all figures of a pilot are drawn from: its analysis table, its periods, its places."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString

from pilots import plans
from pilots.formats import DayOfDevice, cells_of
from pilots.moves import Stay
from pilots.statistics import (
    AnalysisTable,
    Plan,
    UnitPeriod,
    analysis_table,
    period_index,
    period_start,
    window_periods,
)

MOST_SPANS = 56  # that are drawn one by one where there is little room
MOST_ROWS, SHOWN_ROWS = 30, 12  # of a table on a page that shows more than the table
ARM_NAMES = {"pilot": "Pilot sites", "comparison": "Comparison sites"}
ARM_OF_ONE = {"pilot": "Pilot", "comparison": "Comparison"}


@dataclass(frozen=True)
class Figure:
    """A drawn chart (safe markup; `narrow` is the same for telephones), a table, and sentences that stand below it."""

    id: str
    title: str
    svg: str
    narrow: str
    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[Any]]
    notes: Sequence[str] = field(default_factory=tuple)
    left_out: int = 0

    def shortened(self) -> "Figure":
        """A long table of periods with the latest rows that have a value; `left_out` says how many are not there."""
        if len(self.rows) <= MOST_ROWS:
            return self
        known = [place for place, row in enumerate(self.rows) if any(isinstance(cell, float) for cell in row)]
        end = max(known[-1] + 1 if known else 0, SHOWN_ROWS)
        return replace(self, rows=self.rows[end - SHOWN_ROWS : end], left_out=len(self.rows) - SHOWN_ROWS)


@dataclass(frozen=True)
class PlannedPlace:
    """A site of the plan: its name, its arm, how many devices stand there now; `stays` where one came or went."""

    code: str
    name: str
    arm: str
    devices: int
    stays: Sequence[Stay] = ()

    def asked(self, first: date, last: date) -> int:
        """How many devices stood here on some day from `first` to `last`."""
        if not self.stays:
            return max(1, self.devices)
        return sum(stay.first <= last and first <= stay.last for stay in self.stays)


@dataclass(frozen=True, eq=False)
class Sheet:
    """The primary measure as it stands on `today`; `start` is the place of the pilot's first period in `periods`."""

    plan: Mapping[str, Any]
    whole: Plan
    rows: Sequence[UnitPeriod]
    table: AnalysisTable
    periods: Sequence[int]
    labels: Sequence[str]
    start: int
    places: Sequence[PlannedPlace]
    today: date

    @property
    def unit(self) -> str:
        """What a value is in; events that are counted against something are drawn as how many there are of it."""
        unit, exposure = str(self.plan["metric"]["unit"]), self.plan.get("exposure")
        return f"{unit}, divided by {exposure['name']} ({exposure['unit']})" if exposure else unit

    @property
    def due(self) -> int:
        """How many of the periods are over: what lies ahead is not missing."""
        here = period_index(self.whole, self.today)
        return sum(period < here for period in self.periods)

    def asked(self, place: PlannedPlace, index: int) -> int:
        """How many values a site can have in a period: one of each device, and one in all where events are counted."""
        period = self.periods[index]
        first, following = (period_start(self.whole, each).date() for each in (period, period + 1))
        number = place.asked(first, max(first, following - timedelta(days=1)))
        return min(number, 1) if self.whole.design == "counts" else number

    @cached_property
    def spans(self) -> list[range]:
        """Places of `periods` in at most 56 spans; none straddles the start, the first may be shorter."""
        size = -(-len(self.periods) // MOST_SPANS) or 1
        first, last = self.start % size, len(self.periods)
        before = [range(first)] if first else []
        before += [range(place, place + size) for place in range(first, self.start, size)]
        return before + [range(place, min(place + size, last)) for place in range(self.start, last, size)]

    @property
    def spans_before(self) -> int:
        """How many of the spans lie before the start."""
        return sum(span.stop <= self.start for span in self.spans)

    @property
    def span_words(self) -> str:
        """How long a span is."""
        size, period = max((len(span) for span in self.spans), default=1), self.plan["period"]
        return f"{size} {period}s" if size > 1 else f"one {period}"

    def of_site(self, code: str) -> list[float | None]:
        """A site's value in each period, the mean of its devices (of counts their rate); None where nothing arrived."""
        if code not in self.table.units:
            return [None] * len(self.periods)
        values = self.table.values / self.table.exposures if self.whole.design == "counts" else self.table.values
        known = dict(zip(self.table.periods.tolist(), values[self.table.units.index(code)], strict=True))
        return [_known(known.get(period)) for period in self.periods]

    def of_arm(self, arm: str) -> list[float | None]:
        """The mean over the sites of an arm in each period."""
        columns = zip(*[self.of_site(place.code) for place in self.places if place.arm == arm], strict=True)
        return [_mean(values) for values in columns] or [None] * len(self.periods)


def sheet(
    plan: Mapping[str, Any], days: Sequence[DayOfDevice], places: Sequence[PlannedPlace], today: date,
    against: Sequence[DayOfDevice] | None = None,
) -> Sheet:  # fmt: skip
    """The sheet of a registered plan's primary measure; `against`: days of what its counts are counted against."""
    whole = plans.statistical(plan)
    rows = [cell.row for cell in cells_of(whole, days, against)]
    periods = window_periods(whole)
    return Sheet(
        plan=plan, whole=whole, rows=rows, table=analysis_table(rows, whole), periods=periods,
        labels=[words_of(period_start(whole, period).date()) for period in periods],
        start=sum(period < 0 for period in periods), places=places, today=today,
    )  # fmt: skip


def words_of(day: date) -> str:
    """A date as a chart says it."""
    return f"{day.day} {day:%b %Y}"


def rounded(value: float | None) -> float | None:
    """Four digits that count."""
    return None if value is None else float(f"{value:.4g}")


def safe(markup: str) -> SafeString:
    """Markup of `pilots.charts`, which escapes every word that it is given."""
    return SafeString(markup)


def _known(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else float(value)


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return math.fsum(known) / len(known) if known else None
