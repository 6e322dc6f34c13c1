"""From readings to the rows of an analysis: the mean of each device in each period."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pilots.statistics import Plan, UnitPeriod, is_in_window, period_index, period_start

SIGNIFICANT_DIGITS = 9


@dataclass(frozen=True, slots=True)
class DayOfDevice:
    """One device's readings of one metric on one day (London): their sum and number, and how many were impossible."""

    site: str
    arm: str
    device: str
    day: date
    total: float = 0.0
    count: int = 0
    beyond: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """One row, the number of readings behind its value, and how many more were out of range."""

    row: UnitPeriod
    kept: int
    beyond: int


@dataclass(frozen=True)
class Readings:
    """Cells by the code of their metric; `outside` counts lines beyond the plan's dates, which are left out."""

    cells: Mapping[str, Sequence[Cell]]
    outside: int = 0

    def rows(self, metric: str) -> list[UnitPeriod]:
        """The rows of one metric."""
        return [cell.row for cell in self.cells[metric]]

    def out_of_range(self, metric: str) -> float:
        """Share (0-1) of the readings of one metric that were out of range."""
        kept = sum(cell.kept for cell in self.cells[metric])
        beyond = sum(cell.beyond for cell in self.cells[metric])
        return beyond / (kept + beyond) if beyond else 0.0


def analysis_cells(days: Iterable[DayOfDevice], plan: Plan) -> list[Cell]:
    """One cell per device and period, the mean of its readings; the analysis averages the devices of a site (P4).

    Means are rounded to nine significant digits: the order in which floats are added must not change a hash.
    """
    sums: dict[tuple[str, str, str, int], tuple[float, int, int]] = defaultdict(lambda: (0.0, 0, 0))
    for each in days:
        if is_in_window(plan, each.day):
            key = each.site, each.arm, each.device, period_index(plan, each.day)
            total, count, beyond = sums[key]
            sums[key] = total + each.total, count + each.count, beyond + each.beyond
    return [
        Cell(
            UnitPeriod(site, arm, period_start(plan, period).date(), _mean(total, count), None, device),  # type: ignore[arg-type]
            count,
            beyond,
        )
        for (site, arm, device, period), (total, count, beyond) in sorted(sums.items())
    ]


def _mean(total: float, count: int) -> float | None:
    return float(f"{total / count:.{SIGNIFICANT_DIGITS}g}") if count else None
