"""From readings to the rows of an analysis: the mean of each device in each period."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from pilots.formats.plans import PlanDocument
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
    """One row, the number of readings behind its value, how many more were out of range, and what happened to it."""

    row: UnitPeriod
    kept: int
    beyond: int
    mark: str = ""


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


def readings_of(days: Mapping[str, Sequence[DayOfDevice]], document: PlanDocument, outside: int = 0) -> Readings:
    """Every measure's cells from the days of each, as an analysis of this plan reads them."""
    against = days[document.exposure] if document.exposure else None
    return Readings(
        {
            code: cells_of(plan, days[code], against if code == document.code else None)
            for code, plan in document.measures().items()
        },
        outside,
    )


def cells_of(plan: Plan, days: Iterable[DayOfDevice], against: Iterable[DayOfDevice] | None = None) -> list[Cell]:
    """One measure's cells as its design reads them; `against` are the days of what counts are counted against."""
    return count_cells(days, against, plan) if plan.design == "counts" else analysis_cells(days, plan)


def analysis_cells(days: Iterable[DayOfDevice], plan: Plan) -> list[Cell]:
    """One cell per device and period, the mean of its readings; the analysis averages the devices of a site (P4).

    Means are rounded to nine significant digits: the order in which floats are added must not change a hash.
    """
    sums: dict[tuple[str, str, str, int], tuple[float, int, int]] = defaultdict(lambda: (0.0, 0, 0))
    period_of, first_day_of = _periods(plan)
    for each in days:
        if (period := period_of(each.day)) is not None:
            key = each.site, each.arm, each.device, period
            total, count, beyond = sums[key]
            sums[key] = total + each.total, count + each.count, beyond + each.beyond
    return [
        Cell(
            UnitPeriod(site, arm, first_day_of(period), _mean(total, count), None, device),  # type: ignore[arg-type]
            count,
            beyond,
        )
        for (site, arm, device, period), (total, count, beyond) in sorted(sums.items())
    ]


def _periods(plan: Plan) -> tuple[Callable[[date], int | None], Callable[[int], date]]:
    """The period that a day counts in, None for one that does not count, and a period's first day.

    Each is worked out once: a city's devices share their days.
    """

    @cache
    def period_of(day: date) -> int | None:
        return period_index(plan, day) if is_in_window(plan, day) else None

    @cache
    def first_day_of(period: int) -> date:
        return period_start(plan, period).date()

    return period_of, first_day_of


def count_cells(days: Iterable[DayOfDevice], against: Iterable[DayOfDevice] | None, plan: Plan) -> list[Cell]:
    """One cell per site and period: events added up, with what they are counted against as the exposure.

    That is another measure's readings at the site, on the days that have both; without one it is the number of
    readings, each of which then counts the same stretch of time or people.
    """
    exposures: dict[tuple[str, date], float] = defaultdict(float)
    for each in against or ():
        exposures[each.site, each.day] += each.total
    sums: dict[tuple[str, str, int], list[float]] = defaultdict(lambda: [0.0, 0.0, 0, 0])
    period_of, _ = _periods(plan)
    for (site, arm, day), (total, count, beyond) in _by_site(days).items():
        exposure = count if against is None else exposures[site, day]
        if (period := period_of(day)) is not None:
            found = sums[site, arm, period]
            found[3] += beyond
            if count and exposure > 0:
                found[:3] = found[0] + total, found[1] + exposure, found[2] + count
    return [_count_cell(key, found, plan) for key, found in sorted(sums.items())]


def _by_site(days: Iterable[DayOfDevice]) -> dict[tuple[str, str, date], tuple[float, int, int]]:
    found: dict[tuple[str, str, date], tuple[float, int, int]] = defaultdict(lambda: (0.0, 0, 0))
    for each in days:
        total, count, beyond = found[each.site, each.arm, each.day]
        found[each.site, each.arm, each.day] = total + each.total, count + each.count, beyond + each.beyond
    return found


def _count_cell(key: tuple[str, str, int], found: Sequence[float], plan: Plan) -> Cell:
    total, exposure, count, beyond = found
    numbers = (_exact(total), _exact(exposure)) if count else (None, None)
    row = UnitPeriod(key[0], key[1], period_start(plan, key[2]).date(), *numbers)  # type: ignore[arg-type]
    return Cell(row, int(count), int(beyond))


def _mean(total: float, count: int) -> float | None:
    return _exact(total / count) if count else None


def _exact(number: float) -> float:
    return float(f"{number:.{SIGNIFICANT_DIGITS}g}")
