"""The designs that a plan can have: how strong each is, how it is analysed, what it asks of the sites."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from challenges.models import Design, Outcome
from pilots.statistics import rates, segmented
from pilots.statistics.staggered import MINIMUM_TREATED, MINIMUM_UNTREATED, is_enough
from pilots.statistics.staggered import MINIMUM_UNITS as UNITS_THAT_STAGGER
from pilots.statistics.welch import MINIMUM_UNITS

RANDOM_STRENGTH = 5
STRENGTH = {
    Design.BEFORE_AFTER: 1,
    Design.ONE_SERIES: 2,
    Design.COUNTS: 2,
    Design.MATCHED: 3,
    Design.STAGGERED: 3,
    Design.SYNTHETIC: 3,
    Design.RANDOMISED: RANDOM_STRENGTH,
}
COMPARED = (Design.MATCHED, Design.RANDOMISED, Design.STAGGERED, Design.SYNTHETIC)
IN_SERIES = (Design.ONE_SERIES, Design.COUNTS)
ANALYSED_AS = {
    Design.BEFORE_AFTER: "before_after",
    Design.ONE_SERIES: "one_series",
    Design.COUNTS: "counts",
    Design.MATCHED: "comparison",
    Design.RANDOMISED: "comparison",
    Design.STAGGERED: "staggered",
    Design.SYNTHETIC: "synthetic_control",
}
PLACES_FOR_RANK = 19
_SHARE = Decimal("0.000001")

ABOUT = {
    Design.MATCHED: "Every pilot site starts on one day; sites like them stay as they are. The changes are compared.",
    Design.RANDOMISED: "A draw decides which sites pilot and which stay as they are: the strongest evidence there is.",
    Design.STAGGERED: "Sites begin one after another. Those that have not begun, and some that never do, are compared.",
    Design.SYNTHETIC: "One place pilots. A mix of many others that moved like it before shows what would have been.",
    Design.ONE_SERIES: "One line of values, before and after. Nothing is compared, so it never leads to “scale”.",
    Design.COUNTS: "Events are counted, such as falls. Judged by their relative change; never leads to “scale”.",
    Design.BEFORE_AFTER: "Two levels, for the record only: it gives no range, so its verdict is always inconclusive.",
}
NEEDS = {
    Design.MATCHED: f"at least {MINIMUM_UNITS} pilot and {MINIMUM_UNITS} comparison sites.",
    Design.RANDOMISED: f"at least {MINIMUM_UNITS} pilot and {MINIMUM_UNITS} comparison sites.",
    Design.STAGGERED: f"at least {UNITS_THAT_STAGGER} sites: {MINIMUM_TREATED} that begin, and "
    f"{MINIMUM_UNTREATED} that never do.",
    Design.SYNTHETIC: f"one pilot site and {PLACES_FOR_RANK} others.",
    Design.ONE_SERIES: f"{segmented.MINIMUM_BEFORE} periods before the start and {segmented.MINIMUM_AFTER} after.",
    Design.COUNTS: f"{rates.MINIMUM_BEFORE} periods before the start, {rates.MINIMUM_AFTER} after, and "
    f"{rates.MINIMUM_MEAN_COUNT} events in each.",
    Design.BEFORE_AFTER: "readings before and after.",
}


@dataclass(frozen=True)
class Option:
    """A design as it is offered: `obstacle` says what the sites lack for it, `is_weaker` that less was published."""

    design: Design
    about: str
    needs: str
    obstacle: str
    is_weaker: bool


def options(outcome: Outcome, pilot_sites: int, comparison_sites: int) -> list[Option]:
    """Every design, the strongest first, with what stands in its way at these sites."""
    least = STRENGTH[Design(outcome.design)]
    ordered = sorted(ABOUT, key=lambda design: -STRENGTH[design])
    return [
        Option(
            design, ABOUT[design], NEEDS[design], obstacle(design, pilot_sites, comparison_sites),
            max(STRENGTH[design], RANDOM_STRENGTH if design == Design.STAGGERED else 0) < least,
        )
        for design in ordered
    ]  # fmt: skip


def obstacle(design: Design, pilot_sites: int, comparison_sites: int) -> str:
    """What these sites lack, in words; empty when there are enough of them."""
    enough = {
        Design.MATCHED: min(pilot_sites, comparison_sites) >= MINIMUM_UNITS,
        Design.RANDOMISED: min(pilot_sites, comparison_sites) >= MINIMUM_UNITS,
        Design.STAGGERED: is_enough(pilot_sites, comparison_sites),
        Design.SYNTHETIC: pilot_sites == 1 and comparison_sites >= PLACES_FOR_RANK,
    }
    if enough.get(design, True):
        return ""
    return f"You named {_sites(pilot_sites, 'pilot')} and {_sites(comparison_sites, 'comparison')}."


def relative(size: Decimal, design: Design, outcome: Outcome) -> Decimal:
    """An effect as its design reads it: counts are judged by the change relative to the published figure."""
    if design != Design.COUNTS or not outcome.baseline_value:
        return size
    return (size / abs(outcome.baseline_value)).quantize(_SHARE, rounding=ROUND_CEILING)


def _sites(number: int, kind: str) -> str:
    return f"{number} {kind} site{'' if number == 1 else 's'}"
