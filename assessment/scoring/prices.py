"""The published price formulas, the screen for abnormally low prices, and the correction of sums."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from assessment.scoring.shapes import Flag, Number, exact, in_words

ZERO, ONE = Fraction(0), Fraction(1)
FAR_BELOW_MEAN: Final = Fraction(15, 100)
BELOW_NEXT: Final = Fraction(1, 100)


@dataclass(frozen=True)
class PriceField:
    """What a formula may know: facts about the prices of all admissible submissions, and the two published prices."""

    lowest: Fraction
    average: Fraction
    maximum_price: Fraction | None = None
    optimal_price: Fraction | None = None


def price_field(
    prices: Iterable[Fraction], maximum_price: Number | None = None, optimal_price: Number | None = None
) -> PriceField:
    """The field of these prices; at least one is needed."""
    known = list(prices)
    limits = [None if limit is None else exact(limit) for limit in (maximum_price, optimal_price)]
    return PriceField(min(known), sum(known, ZERO) / len(known), *limits)


def relative(price: Fraction, quality: Fraction, field: PriceField) -> Fraction:
    """Lowest price over this price. A price of zero takes all the points and leaves none to a price above zero."""
    return field.lowest / price if price else ONE


def fixed(price: Fraction, quality: Fraction, field: PriceField) -> Fraction:
    """From none at the published maximum price to all at the published optimal price; rivals do not matter."""
    if field.maximum_price is None or field.optimal_price is None:
        raise ValueError("the formula fixed needs a maximum price and an optimal price")
    return _clipped((field.maximum_price - price) / (field.maximum_price - field.optimal_price))


def mean(price: Fraction, quality: Fraction, field: PriceField) -> Fraction:
    """Half at the mean price; a hundredth more or less for each per cent below or above it, between none and all."""
    if not field.average:
        return Fraction(1, 2)
    return _clipped(Fraction(1, 2) - (price - field.average) / field.average)


def linear_from_lowest(price: Fraction, quality: Fraction, field: PriceField) -> Fraction:
    """All at the lowest price, a hundredth less for each per cent above it. Zero is treated as in ``relative``."""
    if not field.lowest:
        return ZERO if price else ONE
    return _clipped(ONE - (price - field.lowest) / field.lowest)


def price_per_quality_point(price: Fraction, quality: Fraction, field: PriceField) -> Fraction:
    """Money per point of quality (of 100): not a share of points but the total itself, and the lowest wins."""
    return price / quality


def qcbs(price: Fraction, quality: Fraction, field: PriceField) -> Fraction:
    """Quality- and cost-based selection: the relative share, behind a minimum of quality set by a threshold."""
    return relative(price, quality, field)


def _clipped(share: Fraction) -> Fraction:
    return max(ZERO, min(ONE, share))


DEFAULT_FORMULA: Final = "fixed"
FORMULAS: Final[Mapping[str, Callable[[Fraction, Fraction, PriceField], Fraction]]] = {
    "relative": relative,
    "fixed": fixed,
    "mean": mean,
    "linear_from_lowest": linear_from_lowest,
    "price_per_quality_point": price_per_quality_point,
    "qcbs": qcbs,
}


@dataclass(frozen=True)
class LowPrice:
    """A price far below the others: beside the mean of all but the highest, and the lowest that is not far below.

    The two distances are per cent, to one decimal.
    """

    id: str
    price: Fraction
    mean: Fraction
    below_mean: Fraction
    next: Fraction
    below_next: Fraction


def abnormally_low(prices: Mapping[str, Fraction]) -> tuple[Flag, ...]:
    """Flags for prices far below the others, which open a clarification and never reject (A12)."""
    return tuple(Flag(low.id, "abnormally_low_price", _in_a_sentence(low)) for low in low_prices(prices))


def low_prices(prices: Mapping[str, Fraction]) -> tuple[LowPrice, ...]:
    """The prices far below the others, by id.

    Far below: more than 15 % under the mean of all prices but the highest, and more than 1 % under the lowest of the
    prices that are not. A single price has nothing to be compared with, and of two none can be so far below the mean.
    """
    if len(prices) < 3:
        return ()
    average = (sum(prices.values(), ZERO) - max(prices.values())) / (len(prices) - 1)
    limit = average * (1 - FAR_BELOW_MEAN)
    far = {key for key, price in prices.items() if price < limit}
    lowest = min(price for key, price in prices.items() if key not in far)
    flagged = sorted(key for key in far if prices[key] < lowest * (1 - BELOW_NEXT))
    return tuple(
        LowPrice(key, prices[key], average, _below(prices[key], average), lowest, _below(prices[key], lowest))
        for key in flagged
    )


def _below(price: Fraction, other: Fraction) -> Fraction:
    return Fraction(round((1 - price / other) * 1000), 10)


def _in_a_sentence(low: LowPrice) -> str:
    return (
        f"The price {in_words(low.price)} is {in_words(low.below_mean)} % below the mean of the prices without the "
        f"highest ({in_words(low.mean)}) and {in_words(low.below_next)} % below the next price ({in_words(low.next)})."
    )


@dataclass(frozen=True)
class PriceLine:
    """One line of a price: how many, at which price each."""

    quantity: Number
    unit_price: Number


@dataclass(frozen=True)
class Correction:
    """A price after its sums were done again. Both figures are kept; ``corrected`` is the one that is ranked (A12)."""

    stated: Fraction
    corrected: Fraction

    @property
    def is_changed(self) -> bool:
        return self.stated != self.corrected

    @property
    def reason(self) -> str:
        """What was corrected, in a sentence; empty where the sums were right."""
        if not self.is_changed:
            return ""
        return (
            f"The lines sum to {in_words(self.corrected)}, not to the {in_words(self.stated)} that was stated: "
            "unit prices prevail."
        )


def corrected_price(stated: Number, lines: Iterable[PriceLine]) -> Correction:
    """Do the sums of a price again by the published rule: quantity times unit price prevails over the stated sum.

    Only sums are corrected, never a quantity or a unit price. Without lines the stated price stands.
    """
    sums = [exact(line.quantity) * exact(line.unit_price) for line in lines]
    return Correction(exact(stated), sum(sums, ZERO) if sums else exact(stated))
