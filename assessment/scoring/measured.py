"""From a pilot's registered result to its mark: computed by a published rule, so that nobody marks a result again."""

from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from assessment.scoring.shapes import Number, exact

FULL, HALF = Decimal(100), Decimal(50)
CENT = Decimal("0.01")


def measured_mark(change: Number, *, least: Number, hoped: Number) -> Decimal:
    """The mark of 0 to 100 for a change, plus being better, in the unit of the measure that decides.

    Below `least`, the smallest change worth paying for, it is 0; at `least` 50, at `hoped` or more 100, evenly in
    between, and rounded to two decimals (half to even). Where no more was hoped for than the least, the least gets all.
    """
    shown, low, high = exact(change), exact(least), exact(hoped)
    if shown < low:
        return Decimal(0)
    if shown >= max(low, high):
        return FULL
    share = (shown - low) / (high - low)
    return _decimal(Fraction(HALF) + share * Fraction(FULL - HALF))


def _decimal(value: Fraction) -> Decimal:
    whole = Decimal(value.numerator) / Decimal(value.denominator)
    return whole.quantize(CENT, rounding=ROUND_HALF_EVEN)
