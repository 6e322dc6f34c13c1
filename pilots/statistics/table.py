"""From rows to the analysis table: one value per unit and period, whatever the order or repetition of the rows."""

import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

import numpy as np
import numpy.typing as npt

from pilots.statistics.plan import (
    USUAL_LIMITS,
    Arm,
    Plan,
    UnitPeriod,
    instant,
    is_in_window,
    period_index,
    window_periods,
)

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Reading = tuple[float, float | None]
Moments = dict[datetime, set[Reading]]
Source = tuple[str, str]  # unit and device
NEVER = 2**31


@dataclass(frozen=True, eq=False)
class AnalysisTable:
    """Units (rows) by periods (columns), NaN = missing. Both are sorted, so equal data give an equal table.

    `first` is the period in which each unit is first treated (NEVER for a comparison unit); `sources` are the (unit,
    device) pairs behind the units, `series` their values.
    """

    units: tuple[str, ...]
    arms: tuple[Arm, ...]
    periods: npt.NDArray[np.int64]
    values: Floats
    exposures: Floats
    conflicting: tuple[str, ...]
    swapped: tuple[str, ...]
    unregistered: tuple[str, ...]
    first: npt.NDArray[np.int64]
    sources: tuple[Source, ...]
    series: Floats

    @property
    def before(self) -> Mask:
        return self.periods < 0

    @property
    def after(self) -> Mask:
        return self.periods >= 0

    @property
    def present(self) -> Mask:
        return ~np.isnan(self.values)

    @property
    def balanced(self) -> Mask:
        """Units with a value before and after their start; only they enter an estimate."""
        start = np.where(self.first == NEVER, 0, self.first)[:, None]
        found, periods = self.present, self.periods[None, :]
        return np.asarray((found & (periods < start)).any(axis=1) & (found & (periods >= start)).any(axis=1))

    @property
    def treated(self) -> Mask:
        """Units by periods: whether the unit had begun."""
        return np.asarray(self.periods[None, :] >= self.first[:, None])

    def of_arm(self, arm: Arm) -> Mask:
        return np.array([each == arm for each in self.arms], dtype=bool)


Rows = Iterable[UnitPeriod] | AnalysisTable


def analysis_table(rows: Rows, plan: Plan, without: Collection[Source] = ()) -> AnalysisTable:
    """Build the table the analysis reads, `without` some devices; a table is returned as it is, for who has one."""
    if isinstance(rows, AnalysisTable):
        return rows
    inside = {row for row in map(_clean, rows) if is_in_window(plan, row.at) and (row.unit, row.device) not in without}
    assigned = _assign(inside, plan)
    readings: dict[Source, Moments] = defaultdict(lambda: defaultdict(set))
    for row in inside:
        if row.unit in assigned.arms and row.value is not None:
            readings[row.unit, row.device][instant(row.at)].add((row.value, row.exposure))
    return _fill(readings, assigned, plan)


def snapshot(table: AnalysisTable, plan: Plan, also: object = ()) -> str:
    """SHA-256 of the canonical table and plan: the same data, in any order or number of copies, hash alike (P4, P6)."""
    content = {
        "plan": _registered(plan),
        "units": list(zip(table.units, table.arms, table.first.tolist(), strict=True)),
        "periods": table.periods.tolist(),
        "values": _or_null(table.values),
        "exposures": _or_null(table.exposures),
        "set_aside": [table.conflicting, table.swapped],
        "also": also,
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=_as_text, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _registered(plan: Plan) -> dict[str, object]:
    """The plan as it is hashed: what it leaves as usual is left out, as it was before a plan could name its own."""
    usual = {"limits": asdict(USUAL_LIMITS), "sharing": "equal", "look": 0}
    return {name: value for name, value in asdict(plan).items() if name not in usual or value != usual[name]}


def _clean(row: UnitPeriod) -> UnitPeriod:
    value = None if row.value is None or not math.isfinite(row.value) else float(row.value) + 0.0
    exposure = None if row.exposure is None else float(row.exposure)
    if exposure is not None and not (math.isfinite(exposure) and exposure > 0):
        value, exposure = None, None
    return UnitPeriod(row.unit, row.arm, instant(row.at), value, exposure, row.device)


@dataclass(frozen=True, slots=True)
class _Assigned:
    arms: dict[str, Arm]
    first: dict[str, int]
    swapped: tuple[str, ...]
    unregistered: tuple[str, ...]


def _assign(rows: set[UnitPeriod], plan: Plan) -> _Assigned:
    arms, first, swapped = (_staggered if plan.design == "staggered" else _fixed)(rows, plan)
    registered = dict(plan.units)
    unregistered = sorted(unit for unit in {row.unit for row in rows} if registered and unit not in registered)
    left_out = {*swapped, *unregistered}
    kept: dict[str, Arm] = {unit: arm for unit, arm in arms.items() if unit not in left_out}
    return _Assigned(kept, first, tuple(swapped), tuple(unregistered))


def _fixed(rows: set[UnitPeriod], plan: Plan) -> tuple[dict[str, Arm], dict[str, int], list[str]]:
    seen: dict[str, set[Arm]] = defaultdict(set)
    for unit, arm in [*((row.unit, row.arm) for row in rows), *plan.units]:
        seen[unit].add(arm)
    swapped = sorted(unit for unit, arms in seen.items() if len(arms) > 1)
    arms = {unit: next(iter(arms)) for unit, arms in seen.items() if len(arms) == 1}
    return arms, {unit: 0 if arm == "pilot" else NEVER for unit, arm in arms.items()}, swapped


def _staggered(rows: set[UnitPeriod], plan: Plan) -> tuple[dict[str, Arm], dict[str, int], list[str]]:
    """When each unit began: as registered, else when its rows turn from comparison to pilot; turning back is a swap."""
    moments: dict[str, dict[Arm, list[datetime]]] = defaultdict(lambda: {"pilot": [], "comparison": []})
    for row in rows:
        moments[row.unit][row.arm].append(instant(row.at))
    given, registered = dict(plan.starts), dict(plan.units)
    first, swapped = {}, []
    for unit in {*moments, *given, *registered}:
        began, waited = moments[unit]["pilot"], moments[unit]["comparison"]
        if unit in given:
            first[unit] = max(0, period_index(plan, given[unit]))
        elif not began:
            first[unit] = 0 if not waited and registered.get(unit) == "pilot" else NEVER
        elif waited and max(waited) > min(began):
            swapped.append(unit)
        else:
            first[unit] = max(0, period_index(plan, min(began)))
    arms: dict[str, Arm] = {unit: "comparison" if start == NEVER else "pilot" for unit, start in first.items()}
    return arms, first, sorted(swapped)


def _fill(readings: dict[Source, Moments], assigned: _Assigned, plan: Plan) -> AnalysisTable:
    units = sorted(assigned.arms, key=lambda unit: (assigned.arms[unit], unit))
    sources, periods = sorted(readings), window_periods(plan)
    column = {period: index for index, period in enumerate(periods)}
    row = {unit: index for index, unit in enumerate(units)}
    series = np.full((len(sources), len(periods)), np.nan)
    cells: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
    for place, source in enumerate(sources):
        for period, taken in _cells(readings[source], plan).items():
            reading = _aggregate(taken, plan)
            series[place, column[period]] = reading[0]
            cells[row[source[0]], column[period]].append(reading)
    values, exposures = (np.full((len(units), len(periods)), np.nan) for _ in range(2))
    for cell, found in cells.items():
        values[cell], exposures[cell] = _aggregate(found, plan)
    conflicting = {unit for (unit, _), moments in readings.items() if any(len(each) > 1 for each in moments.values())}
    return AnalysisTable(
        tuple(units), tuple(assigned.arms[unit] for unit in units), np.array(periods, dtype=np.int64), values,
        exposures, tuple(sorted(conflicting)), assigned.swapped, assigned.unregistered,
        np.array([assigned.first[unit] for unit in units], dtype=np.int64), tuple(sources), series,
    )  # fmt: skip


def _cells(readings: Moments, plan: Plan) -> dict[int, list[tuple[float, float]]]:
    cells: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for at in sorted(readings):
        if len(readings[at]) == 1:  # two different values for one instant: neither can be trusted
            value, exposure = next(iter(readings[at]))
            cells[period_index(plan, at)].append((value, 1.0 if exposure is None else exposure))
    return cells


def _aggregate(cell: Sequence[tuple[float, float]], plan: Plan) -> tuple[float, float]:
    totals = math.fsum(value for value, _ in cell), math.fsum(exposure for _, exposure in cell)
    share = 1 if plan.design == "counts" else len(cell)
    return totals[0] / share, totals[1] / share


def _or_null(numbers: Floats) -> list[list[float | None]]:
    return [[None if math.isnan(number) else number for number in row] for row in numbers.tolist()]


def _as_text(thing: object) -> str:
    if isinstance(thing, date):
        return thing.isoformat()
    raise TypeError(f"{type(thing).__name__} has no canonical form")
