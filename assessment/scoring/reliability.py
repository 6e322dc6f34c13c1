"""How well a panel agreed over all it marked: Krippendorff's alpha, for the auditor's file alone (A14).

The figure comes from the library `krippendorff` (ordinal differences, missing marks allowed); it is information about
the panel and never changes a rank.
"""

from collections import Counter
from collections.abc import Hashable, Mapping
from fractions import Fraction
from math import nan
from typing import TypeVar

import krippendorff
import numpy as np

GOOD, FAIR = 0.8, 0.667

Unit = TypeVar("Unit", bound=Hashable)  # what is judged: a submission on a criterion


def alpha(marks: Mapping[Hashable, Mapping[Unit, Fraction]]) -> float | None:
    """Ordinal alpha of marks by assessor and unit, as shares of their scales.

    None where it cannot be computed: no unit has two marks, or all marks that can be compared are the same.
    """
    seen = Counter(unit for given in marks.values() for unit in given)
    units = sorted((unit for unit, count in seen.items() if count > 1), key=repr)
    values = {given[unit] for given in marks.values() for unit in units if unit in given}
    if not units or len(values) < 2:
        return None
    # The place of a value stands for it: only the order counts, and places are exact where shares are not.
    places = {value: float(place) for place, value in enumerate(sorted(values))}
    table = np.array(
        [[places[given[unit]] if unit in given else nan for unit in units] for given in marks.values()], dtype=float
    )
    found = krippendorff.alpha(reliability_data=table, level_of_measurement="ordinal")
    return float(found)


def in_words(value: float | None) -> str:
    """How an alpha is read."""
    if value is None:
        return "not computable: fewer than two assessors marked the same, or all marks are the same"
    if value >= GOOD:
        return "assessors agreed well"
    return "assessors agreed partly" if value >= FAIR else "assessors agreed poorly"
