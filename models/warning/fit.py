"""Penalised quasi-Poisson regression of all series of a source at once (METHOD 6.2).

log mean = offset + level + trend + season, with a normal prior on each; iterated weighted least squares whose
solves are batched, then Anscombe reweighting. The number of turns is fixed, so that the same data give the
same figures. Before: `profile.py`; next: `onestep.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.warning.config import Config
from models.warning.profile import TINY, anscombe

Array = npt.NDArray[np.float64]
FIRST_TURNS = 5
LATER_TURNS = 2
_STEP = 2.0
_FARTHEST = 30.0


@dataclass(frozen=True)
class Fitted:
    """Coefficients (series × terms), their covariance, φ by series; mean and weight by step."""

    beta: Array
    covariance: Array
    phi: Array
    mean: Array
    weight: Array


def design(steps: Array, config: Config) -> Array:
    """Terms of each step, counted from the step tested (0 is itself): 1, years since, harmonics."""
    angle = 2 * np.pi * steps / config.steps_a_year
    waves = [f(j * angle) for j in range(1, config.harmonics + 1) for f in (np.cos, np.sin)]
    return np.stack([np.ones_like(steps), steps / config.steps_a_year, *waves], axis=1)


def prior_precision(config: Config) -> Array:
    """1/sd² of each term of `design`."""
    sd = [config.level_sd, config.trend_sd] + [config.season_sd] * (2 * config.harmonics)
    return np.asarray(1.0 / np.square(sd))


def fit(
    counts: Array,
    known: Array,
    power: Array,
    offset: Array,
    steps: Array,
    config: Config,
    start: Fitted | None = None,
) -> Fitted:
    """The regression of series × baseline steps on `offset` (log of the profile, one for each step).

    `known` is 1 where there is a report; `power` is counts^(2/3). The level's prior centres on that of all
    series together, or on its own where series have no peers. φ is that of the reweighted residuals, held
    to the source's with `pooled_degrees` pseudo-degrees of freedom, floor 1 (METHOD 6.3).
    """
    terms = design(steps, config)
    crossed = (terms[:, :, np.newaxis] * terms[:, np.newaxis, :]).reshape(len(steps), -1)
    precision = np.diag(prior_precision(config))
    exposure = np.exp(offset)
    centre = _centre(counts, (known * exposure).sum(axis=1), terms.shape[1], config)
    if start is None:
        weight, phi = known, np.ones(len(counts))
        beta = centre.copy()
        beta[:, 0] = _log_level(counts.sum(axis=1), (known * exposure).sum(axis=1), np.exp(-centre[:, 0]))
        turns = FIRST_TURNS
    else:
        weight, phi, beta, turns = start.weight, start.phi, start.beta, LATER_TURNS
    for later in range(config.reweightings + 1):
        for _ in range(turns):
            mean = _mean(beta, terms, offset)
            held = weight / phi[:, np.newaxis]
            slope = (held * (counts - mean)) @ terms - (beta - centre) @ precision
            curve = ((held * mean) @ crossed).reshape(len(counts), *precision.shape) + precision
            move = np.linalg.solve(curve, slope[:, :, np.newaxis])[:, :, 0]
            beta = beta + np.clip(move, -_STEP, _STEP)
        mean = _mean(beta, terms, offset)
        phi = _phi(counts, mean, weight, curve, precision, config)
        if later < config.reweightings:
            weight = known * anscombe(power, mean, phi[:, np.newaxis], config.anscombe_limit)
        turns = LATER_TURNS
    return Fitted(beta, np.asarray(np.linalg.inv(curve)), phi, mean, weight)


def predict(fitted: Fitted, steps: Array, config: Config) -> tuple[Array, Array]:
    """Mean of series × steps for a profile of 1, and the relative variance that the coefficients leave."""
    terms = design(steps, config)
    spread = np.einsum("tp,spq,tq->st", terms, fitted.covariance, terms)
    return _mean(fitted.beta, terms, np.zeros(len(steps))), np.asarray(spread)


def _centre(counts: Array, exposure: Array, terms: int, config: Config) -> Array:
    """The middle of the prior of each series: a level, and nothing for trend and season."""
    cases = counts.sum(axis=1)
    if config.peers:
        cases, exposure = np.full_like(cases, cases.sum()), np.full_like(cases, exposure.sum())
    centre = np.zeros((len(counts), terms))
    centre[:, 0] = _log_level(cases, exposure, np.ones_like(cases))
    return centre


def _log_level(cases: Array, exposure: Array, of_a_case: Array) -> Array:
    """log of cases by exposure, half a case added on both sides."""
    return np.asarray(np.log((cases + 0.5) / (exposure + 0.5 * of_a_case)))


def _mean(beta: Array, terms: Array, offset: Array) -> Array:
    return np.asarray(np.exp(np.clip(beta @ terms.T + offset, -_FARTHEST, _FARTHEST)))


def _phi(counts: Array, mean: Array, weight: Array, curve: Array, precision: Array, config: Config) -> Array:
    """φ of each series: squares / degrees of freedom, held to the source's own, floor 1."""
    squares = (weight * (counts - mean) ** 2 / np.maximum(mean, TINY)).sum(axis=1)
    held = len(precision) - np.trace(
        np.linalg.solve(curve, np.broadcast_to(precision, curve.shape)), axis1=1, axis2=2
    )
    free = np.maximum(weight.sum(axis=1) - held, 1.0)
    pooled = max(1.0, float(squares.sum() / free.sum()))
    pseudo = config.pooled_degrees
    return np.asarray(np.maximum(1.0, (squares + pseudo * pooled) / (free + pseudo)))
