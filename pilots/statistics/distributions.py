"""Student's t, by SciPy. SciPy is imported when it is first needed: it would slow the start of every process down."""

from collections.abc import Callable
from functools import cache
from typing import Any

from pilots.statistics.table import Floats


@cache
def _special() -> Any:
    from scipy import special  # noqa: PLC0415 - a second of start-up that only an evaluation should pay

    return special


def t_quantile(share: float, degrees: float | Floats) -> Any:
    """The value below which `share` (0-1) of Student's t with these degrees of freedom lies."""
    return _special().stdtrit(degrees, share)


def t_below(value: float | Floats, degrees: float) -> Any:
    """The share (0-1) of Student's t with these degrees of freedom below `value`."""
    return _special().stdtr(degrees, value)


def two_sided_p(statistic: float, degrees: float) -> float:
    """The chance of a t at least this far from zero, on either side."""
    return float(2 * t_below(-abs(statistic), degrees))


def normal_quantile(share: float) -> float:
    """The value below which `share` (0-1) of the standard normal distribution lies."""
    return float(_special().ndtri(share))


def noncentral_t_above(value: float, degrees: float, centre: float) -> float:
    """The share (0-1) of the noncentral t above `value`."""
    return 1 - float(_special().nctdtr(degrees, centre, value))


def bisect(rises: Callable[[float], float], low: float, high: float, steps: int = 100) -> float:
    """Where the rising function crosses zero between `low` and `high`; an end where it does not cross."""
    for _ in range(steps):
        middle = (low + high) / 2
        low, high = (low, middle) if rises(middle) >= 0 else (middle, high)
    return (low + high) / 2
