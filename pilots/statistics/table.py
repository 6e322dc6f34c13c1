"""From rows to the analysis table: one value per unit and period, whatever the order or repetition of the rows."""

import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime

import numpy as np
import numpy.typing as npt

from pilots.statistics.plan import Arm, Plan, UnitPeriod, instant, is_in_window, period_index, window_periods

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Reading = tuple[float, float | None]
ByUnit = dict[str, dict[datetime, set[Reading]]]


@dataclass(frozen=True, eq=False)
class AnalysisTable:
    """Units (rows) by periods (columns), NaN = missing. Both are sorted, so equal data give an equal table."""

    units: tuple[str, ...]
    arms: tuple[Arm, ...]
    periods: npt.NDArray[np.int64]
    values: Floats
    exposures: Floats
    conflicting: tuple[str, ...]
    swapped: tuple[str, ...]
    unregistered: tuple[str, ...]

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
        """Units with a value in both windows; only they enter an estimate."""
        found = self.present
        return np.asarray(found[:, self.before].any(axis=1) & found[:, self.after].any(axis=1))

    def of_arm(self, arm: Arm) -> Mask:
        return np.array([each == arm for each in self.arms], dtype=bool)


Rows = Iterable[UnitPeriod] | AnalysisTable


def analysis_table(rows: Rows, plan: Plan) -> AnalysisTable:
    """Build the table the analysis reads; a table is returned as it is, so who has one need not rebuild it."""
    if isinstance(rows, AnalysisTable):
        return rows
    inside = {row for row in map(_clean, rows) if is_in_window(plan, row.at)}
    arms, swapped, unregistered = _assign(inside, plan)
    readings: ByUnit = {unit: defaultdict(set) for unit in arms}
    for row in inside:
        if row.unit in arms and row.value is not None:
            readings[row.unit][instant(row.at)].add((row.value, row.exposure))
    return _fill(readings, arms, plan, (swapped, unregistered))


def snapshot(table: AnalysisTable, plan: Plan, also: object = ()) -> str:
    """SHA-256 of the canonical table and plan: the same data, in any order or number of copies, hash alike (P4, P6)."""
    content = {
        "plan": asdict(plan),
        "units": list(zip(table.units, table.arms, strict=True)),
        "periods": table.periods.tolist(),
        "values": _or_null(table.values),
        "exposures": _or_null(table.exposures),
        "set_aside": [table.conflicting, table.swapped],
        "also": also,
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=_as_text, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _clean(row: UnitPeriod) -> UnitPeriod:
    value = None if row.value is None or not math.isfinite(row.value) else float(row.value) + 0.0
    exposure = None if row.exposure is None else float(row.exposure)
    if exposure is not None and not (math.isfinite(exposure) and exposure > 0):
        value, exposure = None, None
    return UnitPeriod(row.unit, row.arm, instant(row.at), value, exposure)


def _assign(rows: set[UnitPeriod], plan: Plan) -> tuple[dict[str, Arm], tuple[str, ...], tuple[str, ...]]:
    seen: dict[str, set[Arm]] = defaultdict(set)
    for row in rows:
        seen[row.unit].add(row.arm)
    registered = dict(plan.units)
    unregistered = sorted(unit for unit in seen if registered and unit not in registered)
    for unit, arm in registered.items():
        seen[unit].add(arm)
    swapped = sorted(unit for unit, arms in seen.items() if len(arms) > 1)
    left_out = {*swapped, *unregistered}
    arms = {unit: next(iter(arms)) for unit, arms in seen.items() if unit not in left_out}
    return arms, tuple(swapped), tuple(unregistered)


def _fill(
    readings: ByUnit, arms: dict[str, Arm], plan: Plan, left_out: tuple[tuple[str, ...], tuple[str, ...]]
) -> AnalysisTable:
    units = sorted(arms, key=lambda unit: (arms[unit], unit))
    periods = window_periods(plan)
    column = {period: index for index, period in enumerate(periods)}
    values = np.full((len(units), len(periods)), np.nan)
    exposures = np.full((len(units), len(periods)), np.nan)
    conflicting = tuple(unit for unit in units if any(len(found) > 1 for found in readings[unit].values()))
    for place, unit in enumerate(units):
        for period, cell in _cells(readings[unit], plan).items():
            values[place, column[period]], exposures[place, column[period]] = _aggregate(cell, plan)
    return AnalysisTable(
        tuple(units), tuple(arms[unit] for unit in units), np.array(periods), values, exposures, conflicting, *left_out
    )


def _cells(readings: dict[datetime, set[Reading]], plan: Plan) -> dict[int, list[Reading]]:
    cells: dict[int, list[Reading]] = defaultdict(list)
    for at in sorted(readings):
        if len(readings[at]) == 1:  # two different values for one instant: neither can be trusted
            cells[period_index(plan, at)].extend(readings[at])
    return cells


def _aggregate(cell: list[Reading], plan: Plan) -> Reading:
    values = [value for value, _ in cell]
    exposures = [1.0 if exposure is None else exposure for _, exposure in cell]
    if plan.design == "counts":
        return math.fsum(values), math.fsum(exposures)
    return math.fsum(values) / len(values), math.fsum(exposures) / len(exposures)


def _or_null(numbers: Floats) -> list[list[float | None]]:
    return [[None if math.isnan(number) else number for number in row] for row in numbers.tolist()]


def _as_text(thing: object) -> str:
    if isinstance(thing, date):
        return thing.isoformat()
    raise TypeError(f"{type(thing).__name__} has no canonical form")
