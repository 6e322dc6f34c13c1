"""Control chart of individual values: a prompt to look, never a result."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from pilots.statistics.table import Floats

ChartMethod = Literal["auto", "moving_range", "standard_deviation"]

MOVING_RANGE_OF_ONE_SD = 1.128
MOVING_RANGE_LIMIT = 3.267
RUN_LENGTH = 8
AUTOCORRELATION_LIMIT = 0.2
CAUTION = "A signal is a prompt to look, never a result; about one in four unaffected pilots shows one."


@dataclass(frozen=True, slots=True)
class Signal:
    """`index` is the position in the charted values."""

    index: int
    kind: Literal["outside", "run"]


@dataclass(frozen=True, slots=True)
class IndividualsChart:
    """Limits from the registered baseline, frozen; all numbers in the metric's unit."""

    centre: float
    lower: float
    upper: float
    moving_range_mean: float
    moving_range_upper: float
    autocorrelation: float
    method: Literal["moving_range", "standard_deviation"]
    signals: tuple[Signal, ...]
    caution: str = CAUTION


def individuals_chart(
    baseline: Sequence[float], values: Sequence[float], method: ChartMethod = "auto"
) -> IndividualsChart | None:
    """XmR limits of the baseline and the signals among `values`; None where the baseline has fewer than two points.

    `auto` uses moving ranges, unless neighbouring baseline values resemble each other (lag-1 autocorrelation above .2):
    then mean +/- 3 sample standard deviations and no run rule, because moving ranges would cry wolf.
    """
    points = np.asarray(baseline, dtype=float)
    if points.size < 2:
        return None
    ranges = np.abs(np.diff(points))
    resemblance = autocorrelation(points)
    by_ranges = method == "moving_range" or (method == "auto" and resemblance <= AUTOCORRELATION_LIMIT)
    sigma = float(ranges.mean() / MOVING_RANGE_OF_ONE_SD if by_ranges else points.std(ddof=1))
    centre = float(points.mean())
    limits = (centre - 3 * sigma, centre + 3 * sigma)
    return IndividualsChart(
        centre=centre,
        lower=limits[0],
        upper=limits[1],
        moving_range_mean=float(ranges.mean()),
        moving_range_upper=float(MOVING_RANGE_LIMIT * ranges.mean()),
        autocorrelation=resemblance,
        method="moving_range" if by_ranges else "standard_deviation",
        signals=_signals(np.asarray(values, dtype=float), centre, limits, by_ranges),
    )


def autocorrelation(points: Floats) -> float:
    """Lag-1 autocorrelation; 0 where nothing varies."""
    centred = points - points.mean()
    total = float(centred @ centred)
    return float(centred[1:] @ centred[:-1]) / total if total > 0 else 0.0


def _signals(values: Floats, centre: float, limits: tuple[float, float], with_runs: bool) -> tuple[Signal, ...]:
    outside = [Signal(int(index), "outside") for index in np.flatnonzero((values < limits[0]) | (values > limits[1]))]
    runs = _runs(values, centre) if with_runs else []
    return tuple(sorted([*outside, *runs], key=lambda signal: (signal.index, signal.kind)))


def _runs(values: Floats, centre: float) -> list[Signal]:
    found, length, side = [], 0, 0
    for index, value in enumerate(values):
        here = int(np.sign(value - centre))
        length = length + 1 if here == side and here else int(here != 0)
        side = here
        if length >= RUN_LENGTH:
            found.append(Signal(index, "run"))
    return found
