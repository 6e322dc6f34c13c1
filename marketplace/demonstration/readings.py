"""Invents readings for pilot and comparison sites with a true effect that is known, for the demonstration only.

Pure and seeded: the same input gives the same readings, and asking for more periods never changes earlier ones,
so a live feed can continue where the demonstration's history ended. A site's series depends on the seed and the
site's name alone; two pilots that share comparison sites therefore share their readings.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Series = NDArray[np.float64]


@dataclass(frozen=True)
class Unit:
    """A site: a pilot site feels the effect once the pilot has started, a comparison site never does."""

    name: str
    is_pilot: bool


@dataclass(frozen=True)
class Periods:
    """When readings are taken: `before` periods up to the start of the pilot, then `after`, one every `step`."""

    pilot_starts_at: datetime
    step: timedelta
    before: int
    after: int

    def at(self, period: int) -> datetime:
        """Return the instant of a period, counted from 0 at the first period of the baseline."""
        return self.pilot_starts_at + (period - self.before) * self.step


@dataclass(frozen=True)
class Variation:
    """How readings vary around the baseline, in the unit of the measure.

    `between_sites` and `noise` are standard deviations between sites and from period to period, `carry_over` is the
    part of a period's noise that stays in the next (0 up to, not including, 1), `shared` is what all sites of a
    period have in common, `missing` the share of readings that never arrive. Values are cut at `lowest` and `highest`.
    """

    baseline: float
    between_sites: float = 0.0
    noise: float = 1.0
    carry_over: float = 0.0
    shared: float = 0.0
    missing: float = 0.0
    lowest: float | None = None
    highest: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.carry_over < 1:
            raise ValueError(f"carry_over must be at least 0 and below 1, not {self.carry_over}.")
        if not 0 <= self.missing < 1:
            raise ValueError(f"missing must be at least 0 and below 1, not {self.missing}.")


@dataclass(frozen=True)
class Row:
    """One reading: the site, the period counted from the first of the baseline, its instant and value."""

    unit: str
    period: int
    at: datetime
    value: float


def simulate(
    units: Sequence[Unit], periods: Periods, effect: float, seed: int, variation: Variation, since: int = 0
) -> list[Row]:
    """Return the readings of all units from the period `since` on, in order of time and then of units.

    `effect` is what the pilot does to the measure, in its unit: -2.0 lowers every pilot site by 2 from the first
    period of the pilot on. Raises ValueError for a negative number of periods.
    """
    if periods.before < 0 or periods.after < 0:
        raise ValueError("The numbers of periods must not be negative.")
    count = periods.before + periods.after
    common = variation.shared * np.random.default_rng([seed, 0]).standard_normal(count)
    series = {unit.name: _series(unit, periods, effect, seed, variation) for unit in units}
    arrived = {unit.name: _arrived(unit, count, seed, variation.missing) for unit in units}
    return [
        Row(unit.name, period, periods.at(period), _cut(series[unit.name][period] + common[period], variation))
        for period in range(since, count)
        for unit in units
        if arrived[unit.name][period]
    ]


def _series(unit: Unit, periods: Periods, effect: float, seed: int, variation: Variation) -> Series:
    random = np.random.default_rng([seed, crc32(unit.name.encode())])
    level = variation.baseline + variation.between_sites * random.standard_normal()
    fresh = random.standard_normal(periods.before + periods.after)
    values = level + variation.noise * _carried(fresh, variation.carry_over)
    if unit.is_pilot:
        values[periods.before :] += effect
    return values


def _carried(fresh: Series, share: float) -> Series:
    carried = fresh.copy()
    for period in range(1, len(fresh)):
        carried[period] = share * carried[period - 1] + sqrt(1 - share**2) * fresh[period]
    return carried


def _arrived(unit: Unit, count: int, seed: int, missing: float) -> NDArray[np.bool_]:
    random = np.random.default_rng([seed, crc32(unit.name.encode()), 1])
    return random.random(count) >= missing


def _cut(value: float, variation: Variation) -> float:
    if variation.lowest is not None:
        value = max(value, variation.lowest)
    if variation.highest is not None:
        value = min(value, variation.highest)
    return round(float(value), 2)
