"""Whether intervals, tiers and trend words keep what they promise, on regions whose truth is known.

`python -m tests.bench.coverage [--repeats 200] [--write FILE]` draws true rates, cases of three year-ends and
of two windows in which nothing changed, and passes them through the functions of the build: calibrate,
estimates, intervals, tiers, trend words. Sets: `plain` (rates vary as the priors assume), `hard` (prefectures
alike, heavy tails, events in bursts, silent reporters), `well_measured` (fifty times the cases, regions far
apart). Printed: each promise with its bounds; one that does not hold ends with 1.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.stats import beta

from models.index import calibrate, pair_test, registered
from models.index.interval import certainty
from models.index.rank import rank_min
from models.index.tree import evaluate, leaf_scores
from pipelines import registry

Array = npt.NDArray[np.float64]
INDICATORS = registry.indicators().filter("scored")
SHRINKAGE, PARAMETERS = registry.shrinkage_parameters(), registry.index_parameters()
METHOD = registered(INDICATORS, registry.dimensions(), PARAMETERS)
ENDS = [date(2022, 12, 1), date(2023, 12, 1), date(2024, 12, 1)]
SIDES = {"now": date(2025, 12, 1), "year_ago": date(2024, 12, 1)}
GROUPS = np.array(["counties"] * 7 + ["districts"] * 2 + ["cities"])
# Of every indicator what is usual, and how many cases a county of middle size has (bodies, registrations …).
USUAL = {
    "failure_rate": (0.03, 120),
    "debtor_list_rate": (0.006, 120),
    "relapse_rate": (0.004, 120),
    "reason_on_time": (0.82, 5),
    "rectified_on_time": (0.75, 5),
    "entry_on_time": (0.80, 6),
    "petition_transferred_on_time": (0.95, 90),
    "petition_informed_on_time": (0.93, 80),
    "petition_closed_on_time": (0.90, 40),
    "petition_satisfied": (0.82, 30),
    "petition_evaluated": (0.55, 60),
    "petition_repeat": (0.14, 90),
    "petition_changed": (0.15, 3),
    "debt_ratio": (1.1, 1),
    "interest_burden": (0.05, 1),
    "overdue_ratio": (0.03, 1),
    "debt_disclosed_on_time": (0.85, 2),
}
WEIGHTS, SHARES = np.array([0.5, 1.0, 2.0, 4.0]), np.array([0.4, 0.3, 0.2, 0.1])


@dataclass(frozen=True)
class Set:
    """How regions differ: spread on the log or logit scale, how many times the cases, and what is hard."""

    spread: float
    cases: float
    hard: bool = False


SETS = {"plain": Set(0.4, 1.0), "hard": Set(0.4, 1.0, True), "well_measured": Set(0.9, 50.0)}
SEED = 2017


@dataclass(frozen=True)
class World:
    """True rates as regions × indicators, how many cases each has, and which sources are silent."""

    rates: Array
    below: Array
    silent: npt.NDArray[np.bool_]


def world(kind: Set, regions: int, rng: np.random.Generator) -> World:
    """Regions of several sizes with true rates of their own."""
    size = rng.lognormal(0, 0.6, (regions, 1))
    base = np.array([USUAL[name] for name in INDICATORS["indicator_id"]])
    effect = rng.standard_normal((regions, len(base)))
    if kind.hard:
        tails = rng.standard_t(3, effect.shape) / np.sqrt(3)
        alike = rng.standard_normal((16, len(base)))[rng.integers(0, 16, regions)]
        effect = np.sqrt(0.6) * tails + np.sqrt(0.4) * alike
    usual = base[:, 0]
    rates = np.empty(effect.shape)
    models = INDICATORS["model"].to_numpy()
    for place, model in enumerate(models):
        logit = np.log(usual[place]) - (np.log1p(-usual[place]) if model == "BB" else 0)
        at = logit + kind.spread * effect[:, place]
        rates[:, place] = 1 / (1 + np.exp(-at)) if model == "BB" else np.exp(at)
        if not kind.hard:
            rates[:, place] = _as_assumed(rates[:, place].mean(), rates[:, place].var(), model, regions, rng)
    below = np.where(models == "X", 1.0, np.maximum(1.0, np.round(base[:, 1] * kind.cases * size)))
    silent = np.zeros(effect.shape, dtype=np.bool_)
    if kind.hard:
        # A tenth of the regions does not report one of its indicators.
        some = np.flatnonzero(rng.random(regions) < 0.1)
        silent[some, rng.integers(0, len(base), some.size)] = True
    return World(rates, below, silent)


def _as_assumed(mean: float, variance: float, model: str, number: int, rng: np.random.Generator) -> Array:
    """Rates of the family that the prior is of, with this mean and variance."""
    if model == "BB":
        strength = mean * (1 - mean) / variance - 1
        return np.clip(rng.beta(mean * strength, (1 - mean) * strength, number), 1e-6, 1 - 1e-6)
    return np.maximum(rng.gamma(mean**2 / variance, variance / mean, number), 1e-9)


def window(true: World, kind: Set, end: date, rng: np.random.Generator) -> pl.DataFrame:
    """The cells of one window: cases drawn by the true rates."""
    regions = true.rates.shape[0]
    parts = []
    for place, (name, model, scale) in enumerate(
        INDICATORS.select("indicator_id", "model", "scale").iter_rows()
    ):
        rate, below = true.rates[:, place], true.below[:, place]
        squares = np.full(regions, np.nan)
        if model == "X":
            above = rate * (1 + 0.03 * rng.standard_normal(regions))
        elif model == "GP":
            above, squares = _weighted(rate * below, kind.hard, rng)
        else:
            # How many cases there are varies by window; bodies do not.
            below = below if below.mean() > 100 * kind.cases else rng.poisson(below).astype(np.float64)
            above = rng.binomial(below.astype(np.int64), rate).astype(np.float64)
        status = np.where(true.silent[:, place], "missing", np.where(below > 0, "value", "not_applicable"))
        with np.errstate(divide="ignore", invalid="ignore"):
            value = scale * above / below
        parts.append(
            pl.DataFrame(
                {
                    "region_id": [f"{530000 + number}" for number in range(regions)],
                    "prior_group": GROUPS[np.arange(regions) % GROUPS.size].tolist(),
                    "indicator_id": name,
                    "status": status.tolist(),
                    "value": value,
                    "numerator": above,
                    "denominator": below,
                    "squares": squares,
                }
            ).with_columns(
                pl.when(pl.col("status") == "value").then(column).fill_nan(None).alias(column)
                for column in ("value", "numerator", "denominator", "squares")
            )
        )
    return pl.concat(parts).with_columns(
        pl.lit("county").alias("region_level"),
        pl.lit(end).alias("period"),
        pl.lit(2025, pl.Int32).alias("prior_year"),
        pl.lit(None, pl.String).alias("left_out"),
        pl.lit(True).alias("comparable"),
    )


def _weighted(expected: Array, bursts: bool, rng: np.random.Generator) -> tuple[Array, Array]:
    """Σw and Σw² of weighted events of which Σw is expected; in bursts an event brings more of its kind."""
    size = 1.5 if bursts else 1.0
    number = rng.poisson(expected / (size * float(WEIGHTS @ SHARES)))
    if bursts:
        number = number + rng.binomial(number, 0.5)
    kinds = rng.multinomial(number, SHARES)
    return kinds @ WEIGHTS, kinds @ WEIGHTS**2


def truth(true: World, *, told: bool = True) -> Array:
    """The index of true rates over all indicators; with `told`, what is silent scores lowest, as it does."""
    scale = INDICATORS["scale"].to_numpy()
    values = {
        name: np.where(true.silent[:, place] & told, np.nan, scale[place] * true.rates[:, place])
        for place, name in enumerate(INDICATORS["indicator_id"])
    }
    scores, known = leaf_scores(values, METHOD)
    return evaluate(scores, METHOD, known=known)["index"]


def repeat(kind: Set, regions: int, draws: int, rng: np.random.Generator) -> dict[str, tuple[int, int]]:
    """Of one world, for every promise: how often it was (coverage, claims) or was broken, of how many."""
    true = world(kind, regions, rng)
    past = pl.concat([window(true, kind, end, rng) for end in ENDS])
    priors = calibrate(past, INDICATORS, SHRINKAGE)
    priors = priors.with_columns(pl.lit(2025, pl.Int32).alias("year"))
    sides = [
        window(true, kind, end, rng).with_columns(pl.lit(side).alias("side")) for side, end in SIDES.items()
    ]
    uncertainty = registry.uncertainty_parameters().with_columns(pl.lit(float(draws)).alias("draws"))
    sure = certainty(
        pl.concat(sides), priors, INDICATORS, registry.dimensions(), PARAMETERS, SHRINKAGE, uncertainty
    )
    sure = sure.filter(node="index").sort("region_id")
    index = truth(true)
    score, error = (sure[name].to_numpy().astype(np.float64) for name in ("score", "standard_error"))
    lower, upper = sure["lower"].to_numpy(), sure["upper"].to_numpy()
    heard = ~true.silent.any(axis=1)
    place = rank_min(index)
    gap = index[:, np.newaxis] - index
    claims = score[:, np.newaxis] - score > float(sure["critical"][0]) * np.hypot(error[:, np.newaxis], error)
    apart = gap >= 1.0
    above, below = np.triu_indices(regions, 1)
    pairs = pair_test(score[above], error[above], score[below], error[below], 0.9).claim
    wrong = pairs * gap[above, below] < 0
    within = (index >= lower) & (index <= upper)
    held = (place >= sure["own_lower"].to_numpy()) & (place <= sure["own_upper"].to_numpy())
    unheard = (truth(true, told=False) >= lower) & (truth(true, told=False) <= upper)
    words = sure["trend"].is_in(["improved", "worsened"]).to_numpy()

    def counted(mask: npt.NDArray[np.bool_]) -> tuple[int, int]:
        return int(mask.sum()), int(mask.size)

    found = {
        "index_interval": counted(within),
        "index_interval_reporting": counted(within[heard]),
        "tiers_wrong": (int((claims & (gap < 0)).any()), 1),
        "pairs_wrong": counted(wrong),
        "claimed_pairs_wrong_share": (int(wrong.sum()), int((pairs != 0).sum())),
        "own_ranks": counted(held),
        "separated_claimed": (int((claims & apart).sum()), int(apart.sum())),
        "false_trend": counted(words),
    }
    return found | ({"index_interval_silent_true": counted(unheard[~heard])} if kind.hard else {})


# What must hold, from … to; the wrong claims by their upper bound.
PROMISES: dict[tuple[str, str], tuple[float, float]] = {
    ("", "index_interval"): (0.85, 0.95),
    ("", "tiers_wrong"): (0.0, 0.10),
    ("", "pairs_wrong"): (0.0, 0.10),
    ("", "false_trend"): (0.0, 0.05),
    ("well_measured", "separated_claimed"): (0.20, 1.0),
}


COLUMNS = [
    *("set", "measure", "value", "low", "high", "least", "most", "holds"),
    *("repeats", "regions", "draws", "seed"),
]


def rows(repeats: int, regions: int, draws: int, seed: int) -> pl.DataFrame:
    """Of every set and promise its value, 95 % bounds over the repeats, limits, and whether they hold."""
    found = []
    for number, (name, kind) in enumerate(SETS.items()):
        made = [
            repeat(kind, regions, draws, np.random.default_rng([seed, number, one])) for one in range(repeats)
        ]
        for measure in made[0]:
            pairs = np.array([one[measure] for one in made], dtype=np.float64)
            value, low, high = _bounds(pairs, measure == "tiers_wrong")
            least, most = PROMISES.get((name, measure)) or PROMISES.get(("", measure)) or (None, None)
            reached = high if measure.endswith("_wrong") else value
            holds = None if least is None or most is None else bool(least <= reached <= most)
            found.append((name, measure, value, low, high, least, most, holds, repeats, regions, draws, seed))
    return pl.DataFrame(found, COLUMNS, orient="row").with_columns(pl.col(pl.Float64).round(4))


def _bounds(pairs: Array, once: bool) -> tuple[float, float, float]:
    """The share over all, and its 95 % bounds: exact for one trial a repeat, else by how repeats vary."""
    hits, trials = pairs.sum(axis=0)
    value = hits / trials if trials else np.nan
    if once:
        low = float(beta.ppf(0.05, hits, trials - hits + 1)) if hits else 0.0
        high = float(beta.ppf(0.95, hits + 1, trials - hits)) if hits < trials else 1.0
        return float(value), low, high
    off = pairs[:, 0] - value * pairs[:, 1]
    error = float(np.sqrt((off**2).sum()) / trials) if trials else np.nan
    return float(value), max(0.0, value - 1.645 * error), min(1.0, value + 1.645 * error)


def main(words: list[str] | None = None) -> int:
    """Print the promises as a table; 1 where one does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=200)
    parser.add_argument("--regions", type=int, default=129)
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--write", type=Path, help="the CSV that the method page shows")
    asked = parser.parse_args(words)
    found = rows(asked.repeats, asked.regions, asked.draws, asked.seed)
    for row in found.iter_rows(named=True):
        print(json.dumps(row))
    if asked.write:
        found.write_csv(asked.write)
    return int((~found["holds"].fill_null(True)).any())


if __name__ == "__main__":
    sys.exit(main())
