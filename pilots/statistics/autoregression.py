"""Regression with AR(1) errors by restricted maximum likelihood, for many series at once.

The likelihood is profiled over a grid of rho; its peak is refined by a parabola through the three points around it, and
the coefficient and its standard error are read there the same way. The observed series and its bootstrap copies go
through the same code, so the bootstrap is of the estimator that was used.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pilots.statistics.distributions import bisect, t_below
from pilots.statistics.table import Floats

GRID: Floats = np.linspace(-0.5, 0.95, 59)


@dataclass(frozen=True, eq=False)
class Fit:
    """Last coefficient of each series, its standard error, and rho; one entry per series."""

    coefficient: Floats
    standard_error: Floats
    rho: Floats


@dataclass(frozen=True, eq=False)
class Profile:
    """The same for every rho of the grid (rows) and series (columns), with the restricted log-likelihood."""

    log_likelihood: Floats
    coefficient: Floats
    standard_error: Floats

    def of(self, number: int) -> "Profile":
        """That of one series alone."""
        column = slice(number, number + 1)
        return Profile(self.log_likelihood[:, column], self.coefficient[:, column], self.standard_error[:, column])


class AutoregressiveModel:
    """y = X b + e, e an AR(1) over integer `times` (gaps allowed); the last column of X is the one of interest."""

    def __init__(self, times: npt.NDArray[np.int64], columns: Floats) -> None:
        self.columns = columns
        self.degrees = columns.shape[0] - columns.shape[1]
        self._gaps = np.diff(times)
        self._carry, self._scale = _whitening(self._gaps)
        white = _whiten(columns[None, :, :], self._carry[:, :, None], self._scale[:, :, None])
        self._q, triangle = np.linalg.qr(white)
        diagonal = np.diagonal(triangle, axis1=1, axis2=2)
        self._last = diagonal[:, -1]
        self._constant = -np.log(np.abs(diagonal)).sum(axis=1) - np.log(self._scale).sum(axis=1)

    def profile(self, series: Floats) -> Profile:
        """Series are columns (time x series)."""
        start = np.linalg.lstsq(self.columns, series, rcond=None)[0]
        centred = series - self.columns @ start  # exact for the fit, and safe from cancellation
        likelihood, coefficient, error = (np.empty((GRID.size, series.shape[1])) for _ in range(3))
        for row in range(GRID.size):
            white = _whiten(centred, self._carry[row][:, None], self._scale[row][:, None])
            projected = self._q[row].T @ white
            squares = np.einsum("ij,ij->j", white, white) - np.einsum("ij,ij->j", projected, projected)
            variance = np.maximum(squares, np.finfo(float).tiny) / self.degrees
            likelihood[row] = self._constant[row] - 0.5 * self.degrees * np.log(variance)
            coefficient[row] = start[-1] + projected[-1] / self._last[row]
            error[row] = np.sqrt(variance) / np.abs(self._last[row])
        return Profile(likelihood, coefficient, error)

    def fit(self, series: Floats) -> Fit:
        """Estimate the last coefficient of every series (time x series) at its own best rho."""
        profile = self.profile(series)
        middle, offset = _peak(profile.log_likelihood)
        coefficient = _read(profile.coefficient, middle, offset)
        error = np.exp(_read(np.log(profile.standard_error), middle, offset))
        return Fit(coefficient, error, GRID[middle] + offset * (GRID[1] - GRID[0]))

    def errors(self, rho: float, draws: int, rng: np.random.Generator) -> Floats:
        """Simulated AR(1) errors (time x draws) with innovations of standard deviation 1, stationary from the first."""
        noise = rng.standard_normal((self.columns.shape[0], draws))
        noise[0] /= np.sqrt(1 - rho**2)
        for place, gap in enumerate(self._gaps, start=1):
            spread = np.sqrt((1 - rho ** (2 * gap)) / (1 - rho**2))
            noise[place] = rho**gap * noise[place - 1] + spread * noise[place]
        return noise


def error_factor(times: npt.NDArray[np.int64], columns: Floats, rho: float) -> float:
    """Standard error of the last coefficient for AR(1) errors of this rho whose standard deviation is 1."""
    carry = np.concatenate([[0.0], rho ** np.diff(times).astype(float)])
    white = _whiten(columns, carry[:, None], np.sqrt(1 - carry**2)[:, None])
    _, triangle = np.linalg.qr(white)
    return float(1 / abs(triangle[-1, -1]))


class Mixture:
    """The last coefficient's distribution: a t for each rho, weighted by how well that rho fits the (one) series."""

    def __init__(self, profile: Profile, degrees: int) -> None:
        likelihood = profile.log_likelihood[:, 0]
        weights = np.exp(likelihood - likelihood.max())
        self._weights: Floats = weights / weights.sum()
        self._centres: Floats = profile.coefficient[:, 0]
        self._errors: Floats = profile.standard_error[:, 0]
        self._degrees = degrees
        self.mean = float(self._weights @ self._centres)
        self.error = float(np.sqrt(self._weights @ (self._errors**2 + (self._centres - self.mean) ** 2)))
        self.rho = float(GRID[likelihood.argmax()])

    @property
    def p(self) -> float:
        """Two-sided, of the coefficient being zero."""
        below = self.below(0.0)
        return 2 * min(below, 1 - below)

    def below(self, value: float) -> float:
        """The share (0-1) of the distribution below `value`."""
        return float(self._weights @ t_below((value - self._centres) / self._errors, self._degrees))

    def quantile(self, share: float) -> float:
        """The value below which `share` (0-1) of the distribution lies."""
        reach = 200 * self.error
        return bisect(lambda value: self.below(value) - share, self.mean - reach, self.mean + reach)


def _whitening(gaps: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    powers = GRID[:, None] ** gaps[None, :]
    inverse = 1 / (1 - GRID**2)
    carry = np.concatenate([np.zeros((GRID.size, 1)), powers], axis=1)
    scale = np.sqrt((1 - carry**2) * inverse[:, None])
    return carry, scale


def _whiten(series: Floats, carry: Floats, scale: Floats) -> Floats:
    earlier = np.zeros_like(series)
    earlier[..., 1:, :] = series[..., :-1, :]
    whitened: Floats = (series - carry * earlier) / scale
    return whitened


def _peak(likelihood: Floats) -> tuple[npt.NDArray[np.intp], Floats]:
    best = likelihood.argmax(axis=0)
    middle = np.clip(best, 1, GRID.size - 2)
    series = np.arange(likelihood.shape[1])
    below, here, above = (likelihood[middle + step, series] for step in (-1, 0, 1))
    curvature = below - 2 * here + above
    at_edge = best != middle
    bend = np.where(curvature < 0, curvature, -np.inf)
    offset = np.where(at_edge, best - middle, 0.5 * (below - above) / bend)
    return middle, np.clip(offset, -1.0, 1.0)


def _read(table: Floats, middle: npt.NDArray[np.intp], offset: Floats) -> Floats:
    series = np.arange(table.shape[1])
    below, here, above = (table[middle + step, series] for step in (-1, 0, 1))
    read: Floats = here + 0.5 * offset * (above - below) + 0.5 * offset**2 * (above - 2 * here + below)
    return read
