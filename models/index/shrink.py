"""Shrinkage: a small region's rate is drawn towards the level's by how little its own cases can say.

`shrink_poisson` and `shrink_binomial` are Marshall's global empirical Bayes (Marshall 1991, Mapping disease
and mortality rates using empirical Bayes estimators, Applied Statistics 40, 283–294; method section 5). A
prior can be estimated once (`prior_poisson`, `prior_binomial`) and given back unchanged, so that no other
region's record moves an estimate. Next: `posterior.py`, which holds what comes out; `draws.py` draws from it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.index.posterior import Posterior

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Groups = Sequence[Hashable] | npt.NDArray[np.generic]
# With fewer units than this in a group the whole level's prior holds (method section 5).
LEAST_GROUP = 10


@dataclass(frozen=True)
class Prior:
    """The rate `b` all units are drawn to, and how strongly: as if each had seen so much exposure more.

    `strength` is b/a (Poisson) or κ (binomial), in the unit of exposure or trials; infinite where the units
    differ by no more than chance. `between` is the variance between units: a, or v.
    """

    mean: float
    between: float
    strength: float


@dataclass(frozen=True)
class Limits:
    """What keeps a prior of the index from certainty (method section 5, "in the index only").

    `pseudo_count` / Σ exposure bounds the mean from below (binomial: / (Σ trials + 1), and 1 − that from
    above); `least_spread` is the least standard deviation between units as a share of the mean (Poisson);
    `least_between` bounds v, `strengths` bound κ, which is `no_trials_strength` where the mean number of
    trials is at most 1 (binomial).
    """

    pseudo_count: float
    least_spread: float
    least_between: float
    strengths: tuple[float, float]
    no_trials_strength: float


def shrink_poisson(
    count: npt.ArrayLike,
    exposure: npt.ArrayLike,
    group: Groups | None = None,
    *,
    priors: Mapping[Hashable, Prior] | None = None,
    limits: Limits | None = None,
    least_group: int = LEAST_GROUP,
) -> Posterior:
    """The Gamma posterior of every unit's rate per unit of exposure; `.estimate` is Marshall's.

    Exposure 0 gives the prior (nothing happened that could tell), NaN in either gives NaN (not reported).
    `priors` are those of `priors_poisson`, by group; else they are estimated here, exactly by moments or,
    with `limits`, as the index does. Raises ValueError for shapes that differ, negative or infinite numbers,
    cases without exposure, and a group that has no prior.
    """
    n, e = _pair(count, exposure)
    if (n[e == 0] > 0).any():
        raise ValueError("there are cases where there is no exposure")
    if priors is None:
        priors = priors_poisson(n, e, group, limits=limits, least_group=least_group)
    mean, strength = _spread(priors, group, n.size)
    return gamma_posterior(n, e, mean, strength)


def shrink_binomial(
    count: npt.ArrayLike,
    trials: npt.ArrayLike,
    group: Groups | None = None,
    *,
    priors: Mapping[Hashable, Prior] | None = None,
    limits: Limits | None = None,
    least_group: int = LEAST_GROUP,
) -> Posterior:
    """The Beta posterior of every unit's share; as `shrink_poisson`, with trials for exposure.

    Raises ValueError also where there are more cases than trials.
    """
    n, trial = _pair(count, trials)
    if (n > trial).any():
        raise ValueError("there are more cases than trials")
    if priors is None:
        priors = priors_binomial(n, trial, group, limits=limits, least_group=least_group)
    mean, strength = _spread(priors, group, n.size)
    return beta_posterior(n, trial, mean, strength)


def gamma_posterior(count: Array, exposure: Array, mean: Array, strength: Array) -> Posterior:
    """The posterior of rates, each from a prior of its own (`Prior`, per unit of exposure)."""
    return Posterior("gamma", _prior_part(mean, strength) + count, strength + exposure, mean)


def beta_posterior(count: Array, trials: Array, mean: Array, strength: Array) -> Posterior:
    """The posterior of shares, each from a prior of its own."""
    first = _prior_part(mean, strength) + count
    return Posterior("beta", first, _prior_part(1 - mean, strength) + trials - count, mean)


def priors_poisson(
    count: npt.ArrayLike,
    exposure: npt.ArrayLike,
    group: Groups | None = None,
    *,
    limits: Limits | None = None,
    least_group: int = LEAST_GROUP,
    units: Groups | None = None,
) -> dict[Hashable, Prior]:
    """The prior of every group, and under None that of all. Several rows may be of one of the `units`.

    A group of fewer than `least_group` units has the prior of all. Units without exposure, or not reported,
    say nothing about it. Raises ValueError where no unit has exposure.
    """
    n, e = _pair(count, exposure)

    def of(mine: Mask) -> Prior:
        return prior_poisson(n[mine], e[mine], limits)

    return _by_group(of, ~np.isnan(n + e) & (e > 0), group, units, least_group)


def priors_binomial(
    count: npt.ArrayLike,
    trials: npt.ArrayLike,
    group: Groups | None = None,
    *,
    limits: Limits | None = None,
    least_group: int = LEAST_GROUP,
    units: Groups | None = None,
) -> dict[Hashable, Prior]:
    """As `priors_poisson`, of shares."""
    n, trial = _pair(count, trials)

    def of(mine: Mask) -> Prior:
        return prior_binomial(n[mine], trial[mine], limits)

    return _by_group(of, ~np.isnan(n + trial) & (trial > 0), group, units, least_group)


def prior_poisson(count: Array, exposure: Array, limits: Limits | None = None) -> Prior:
    """b = Σn/ΣE and a = max(0, s² − b/mean E), s² the exposure-weighted variance of the rates about b."""
    total = exposure.sum()
    b = count.sum() / total
    s2 = (exposure * (count / exposure - b) ** 2).sum() / total
    a = max(0.0, s2 - b / exposure.mean())
    if limits is not None:
        b = max(b, limits.pseudo_count / total)
        a = max(a, (limits.least_spread * b) ** 2)
    return Prior(float(b), float(a), float(b / a) if a > 0 else np.inf)


def prior_binomial(count: Array, trials: Array, limits: Limits | None = None) -> Prior:
    """b = Σn/ΣN, v = (s² − b(1−b)/mean N) / (1 − 1/mean N), κ = b(1−b)/v − 1.

    Without `limits` a v that is not above zero, or that nothing can tell (mean N at most 1), draws all to b.
    """
    total, average = trials.sum(), trials.mean()
    b = count.sum() / total
    s2 = (trials * (count / trials - b) ** 2).sum() / total
    between = (s2 - b * (1 - b) / average) / (1 - 1 / average) if average > 1 else 0.0
    if limits is not None:
        least = limits.pseudo_count / (total + 1)
        b = min(max(b, least), 1 - least)
        between = max(limits.least_between, between)
        strength = min(max(b * (1 - b) / between - 1, limits.strengths[0]), limits.strengths[1])
        strength = limits.no_trials_strength if average <= 1 else strength
    else:
        # s² is at most b(1−b), so κ is never below zero but by rounding.
        strength = max(0.0, b * (1 - b) / between - 1) if between > 0 else np.inf
    return Prior(float(b), float(max(0.0, between)), float(strength))


def _pair(count: npt.ArrayLike, exposure: npt.ArrayLike) -> tuple[Array, Array]:
    """Both as rows of numbers, NaN in both where either is."""
    n, e = np.asarray(count, dtype=np.float64), np.asarray(exposure, dtype=np.float64)
    if n.ndim != 1 or n.shape != e.shape:
        raise ValueError(f"counts of shape {n.shape} and exposure of shape {e.shape} must be two equal rows")
    if np.isinf(n).any() or np.isinf(e).any() or (n < 0).any() or (e < 0).any():
        raise ValueError("counts and exposure must be finite and not negative")
    gap = np.isnan(n + e)
    return np.where(gap, np.nan, n), np.where(gap, np.nan, e)


def _by_group(
    of: Callable[[Mask], Prior], known: Mask, group: Groups | None, units: Groups | None, least_group: int
) -> dict[Hashable, Prior]:
    """The prior of all and of every group; see `priors_poisson`."""
    if not known.any():
        raise ValueError("no unit has exposure, so there is no prior")
    priors: dict[Hashable, Prior] = {None: of(known)}
    labels = _labels(group, known.size)
    names = _labels(units, known.size) if units is not None else list(range(known.size))
    for label in dict.fromkeys(labels):
        if label is None:
            continue
        mine = known & np.array([other == label for other in labels])
        number = len({name for name, inside in zip(names, mine, strict=True) if inside})
        priors[label] = of(mine) if number >= max(1, least_group) else priors[None]
    return priors


def _labels(group: Groups | None, number: int) -> list[Hashable]:
    """The group of every unit, None for all of them where there are no groups."""
    labels = [None] * number if group is None else list(group)
    if len(labels) != number:
        raise ValueError(f"{len(labels)} groups for {number} units")
    return labels


def _spread(priors: Mapping[Hashable, Prior], group: Groups | None, number: int) -> tuple[Array, Array]:
    """Mean and strength of the prior of every unit. Raises ValueError for a group without one."""
    labels = _labels(group, number)
    if lacking := sorted({str(label) for label in labels if label not in priors}):
        raise ValueError(f"no prior for {', '.join(lacking)}")
    mean = np.array([priors[label].mean for label in labels], dtype=np.float64)
    return mean, np.array([priors[label].strength for label in labels], dtype=np.float64)


def _prior_part(mean: Array, strength: Array) -> Array:
    """How many cases the prior is worth; none where the mean is zero, however strong."""
    return np.where(mean > 0, strength, 0.0) * np.where(mean > 0, mean, 1.0)
