"""How several registered looks share one error: equally, or little of it early and most of it at the end.

Equally is Bonferroni's way, and holds whatever the looks are. The other is O'Brien and Fleming's (1979): at look k of
K, evenly spaced, |z| has to reach c times the root of K/k, with c such that a pilot without an effect reaches it at any
look with the chance alpha.
"""

from functools import lru_cache
from statistics import NormalDist
from typing import Literal, get_args

import numpy as np

Sharing = Literal["equal", "late"]
SHARINGS = get_args(Sharing)
_POINTS = 401  # of the numeric integral: four digits of the boundary


def share_of(alpha: float, looks: int, look: int, sharing: Sharing) -> float:
    """The two-sided error (0-1) that look number `look` (from 1) of `looks` may make."""
    if looks == 1 or sharing == "equal":
        return alpha / looks
    return 2 * NormalDist().cdf(-boundary(alpha, looks) * (looks / look) ** 0.5)


@lru_cache(maxsize=64)
def boundary(alpha: float, looks: int) -> float:
    """What |z| has to reach at the last look; at the others so much more."""
    low = NormalDist().inv_cdf(1 - alpha / 2)
    high = 2 * low + 1
    for _ in range(40):
        middle = (low + high) / 2
        is_enough = _stays_inside(middle, looks) >= 1 - alpha
        low, high = (low, middle) if is_enough else (middle, high)
    return (low + high) / 2


def _stays_inside(edge: float, looks: int) -> float:
    """The chance that sums of standard normal steps stay within edge times the root of `looks` at each of them."""
    points = np.linspace(-edge * looks**0.5, edge * looks**0.5, _POINTS)
    weights = np.full(_POINTS, points[1] - points[0])
    weights[[0, -1]] /= 2
    steps = np.exp(-((points[:, None] - points[None, :]) ** 2) / 2) / np.sqrt(2 * np.pi)
    density = np.exp(-(points**2) / 2) / np.sqrt(2 * np.pi)
    for _ in range(looks - 1):
        density = steps @ (density * weights)
    return float(density @ weights)
