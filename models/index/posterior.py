"""What is known of a rate after its cases are counted: a distribution for every region, and draws from it.

`Posterior` holds Gamma and Beta posteriors (`shrink.py` makes them, method section 5), and administrative
figures with their stated relative error (`exact`). Next: `draws.py`, which passes draws through the index.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Family = Literal["gamma", "beta", "normal"]


@dataclass(frozen=True)
class Posterior:
    """A distribution for each region, in rows of equal length, NaN where nothing was reported.

    `first` and `second` are shape and rate (gamma), α and β (beta), mean and standard deviation (normal).
    Where they are infinite the distribution is the point `centre`: all regions are alike. Values are times
    `scale`, so that shares can be percentages.
    """

    family: Family
    first: Array
    second: Array
    centre: Array
    scale: float = 1.0

    @property
    def estimate(self) -> Array:
        """The posterior mean of every region, in the unit of the indicator."""
        return self.scale * self._mean()

    @property
    def deviation(self) -> Array:
        """The posterior standard deviation of every region, in the unit of the indicator."""
        if self.family == "normal":
            return self.scale * self.second
        mean, point = self._mean(), self._point()
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.family == "gamma":
                variance = mean / self.second
            else:
                variance = mean * (1 - mean) / (self.first + self.second + 1)
        return np.asarray(self.scale * np.sqrt(np.where(point, 0.0, variance)))

    def scaled(self, scale: float) -> Posterior:
        """The same in another unit, such as 100 for percentages."""
        return replace(self, scale=self.scale * scale)

    def draw(self, rng: np.random.Generator, draws: int) -> Array:
        """So many draws × regions, NaN where nothing was reported."""
        known = ~np.isnan(self.estimate) & ~self._point()
        drawn = np.tile(self.estimate, (draws, 1))
        first, second, size = self.first[known], self.second[known], (draws, int(known.sum()))
        if self.family == "gamma":
            values = rng.gamma(first, 1.0, size) / second
        elif self.family == "beta":
            values = rng.beta(first, second, size)
        else:
            values = rng.normal(first, second, size)
        drawn[:, known] = self.scale * values
        return drawn

    def _point(self) -> npt.NDArray[np.bool_]:
        """Where there is nothing to draw: certainty, or a side of zero cases that weighs nothing."""
        if self.family == "normal":
            return np.asarray(self.second == 0)
        either = np.isinf(self.first) | np.isinf(self.second)
        return np.asarray(either | (self.first == 0) | (self.second == 0))

    def _mean(self) -> Array:
        if self.family == "normal":
            return self.first
        infinite = np.isinf(self.first) | np.isinf(self.second)
        below = self.second if self.family == "gamma" else self.first + self.second
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = self.first / below
        return np.where(infinite | (below == 0), self.centre, mean)


def exact(values: npt.ArrayLike, relative_error: float = 0.0) -> Posterior:
    """Administrative figures: normal about the value with a standard deviation of so much of it.

    Raises ValueError for a negative error.
    """
    if relative_error < 0:
        raise ValueError("a relative error is not negative")
    mean = np.asarray(values, dtype=np.float64)
    return Posterior("normal", mean, np.abs(mean) * relative_error, mean)
