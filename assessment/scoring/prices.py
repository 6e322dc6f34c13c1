"""The published price formulas, and the screen for abnormally low prices."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from assessment.scoring.shapes import Flag, in_words

ZERO, ONE = Fraction(0), Fraction(1)
FAR_BELOW_MEAN: Final = Fraction(15, 100)
BELOW_NEXT: Final = Fraction(1, 100)


@dataclass(frozen=True)
class PriceCase:
    """One price among the prices of all admissible submissions; ``quality`` is that submission's, of 100."""

    price: Fraction
    prices: tuple[Fraction, ...]
    quality: Fraction
    maximum_price: Fraction | None = None
    optimal_price: Fraction | None = None


def relative(case: PriceCase) -> Fraction:
    """Lowest price over this price. A price of zero takes all the points and leaves none to a price above zero."""
    return min(case.prices) / case.price if case.price else ONE


def fixed(case: PriceCase) -> Fraction:
    """From none at the published maximum price to all at the published optimal price; rivals do not matter."""
    if case.maximum_price is None or case.optimal_price is None:
        raise ValueError("the formula fixed needs a maximum price and an optimal price")
    return _clipped((case.maximum_price - case.price) / (case.maximum_price - case.optimal_price))


def mean(case: PriceCase) -> Fraction:
    """Half at the mean price; a hundredth more or less for each per cent below or above it, between none and all."""
    average = sum(case.prices, ZERO) / len(case.prices)
    return _clipped(Fraction(1, 2) - (case.price - average) / average) if average else Fraction(1, 2)


def linear_from_lowest(case: PriceCase) -> Fraction:
    """All at the lowest price, a hundredth less for each per cent above it. Zero is treated as in ``relative``."""
    lowest = min(case.prices)
    if not lowest:
        return ONE if case.price == lowest else ZERO
    return _clipped(ONE - (case.price - lowest) / lowest)


def price_per_quality_point(case: PriceCase) -> Fraction:
    """Money per point of quality (of 100): not a share of points but the total itself, and the lowest wins."""
    return case.price / case.quality


def qcbs(case: PriceCase) -> Fraction:
    """Quality- and cost-based selection: the relative share, behind a minimum of quality set by a threshold."""
    return relative(case)


def _clipped(share: Fraction) -> Fraction:
    return max(ZERO, min(ONE, share))


DEFAULT_FORMULA: Final = "fixed"
FORMULAS: Final[Mapping[str, Callable[[PriceCase], Fraction]]] = {
    "relative": relative,
    "fixed": fixed,
    "mean": mean,
    "linear_from_lowest": linear_from_lowest,
    "price_per_quality_point": price_per_quality_point,
    "qcbs": qcbs,
}


def abnormally_low(prices: Mapping[str, Fraction]) -> tuple[Flag, ...]:
    """Flags for prices far below the others, which open a clarification and never reject (A12).

    Far below: more than 15 % under the mean of all prices but the highest, and more than 1 % under the lowest of the
    prices that are not. With fewer than three prices nothing can be told.
    """
    if len(prices) < 3:
        return ()
    average = (sum(prices.values(), ZERO) - max(prices.values())) / (len(prices) - 1)
    far = {key for key, price in prices.items() if price < average * (1 - FAR_BELOW_MEAN)}
    lowest = min(price for key, price in prices.items() if key not in far)
    flagged = sorted(key for key in far if prices[key] < lowest * (1 - BELOW_NEXT))
    return tuple(_low_price_flag(key, prices[key], average, lowest) for key in flagged)


def _low_price_flag(key: str, price: Fraction, average: Fraction, lowest: Fraction) -> Flag:
    below_average, below_lowest = (Fraction(round((1 - price / other) * 1000), 10) for other in (average, lowest))
    reason = (
        f"The price {in_words(price)} is {in_words(below_average)} % below the mean of the prices without the highest "
        f"({in_words(average)}) and {in_words(below_lowest)} % below the next price ({in_words(lowest)})."
    )
    return Flag(key, "abnormally_low_price", reason)
