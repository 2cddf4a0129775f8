"""Priors: what is usual for a type of region, estimated once a year from the year-ends before it.

`calibrate` pools regions and year-ends, each of them one observation (method section 5, rules 1 and 2), and
gives a row for every level, group of types and scored indicator. The rows are stored and used unchanged
through the year, so that no other region's record moves a score. Before: `shrink.py`; next: `estimate.py`.
"""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import polars as pl

from models.index.shrink import Limits, Prior, priors_binomial, priors_poisson

# The group of all units of a level.
ALL = "all"
LEVELS = ("prefecture", "county")
PRIOR_SCHEMA = pl.Schema(
    {
        "region_level": pl.String,
        "prior_group": pl.String,
        "indicator_id": pl.String,
        "mean": pl.Float64,
        "between": pl.Float64,
        "strength": pl.Float64,
        "event_scale": pl.Float64,
        "observations": pl.Int32,
    }
)
# A variance of shares may be a millionth; twelve digits keep it and hide the last bits of a sum.
DIGITS = 12


def calibrate(cells: pl.DataFrame, indicators: pl.DataFrame, parameters: pl.DataFrame) -> pl.DataFrame:
    """The priors of every level, group and scored indicator that any year-end has; see PRIOR_SCHEMA.

    `cells` has a row for each region, year-end and indicator: region_id, region_level, prior_group, period,
    indicator_id, status, numerator, denominator, and `squares`, the sum of squared weights where the
    numerator is one of weights. `mean` is per unit of the denominator; `strength` is in that unit, divided by
    `event_scale`, Σw²/Σw of the level (1 where cases are not weighted). Administrative figures (model X)
    have a mean only. A group without an observation has the prior of its level.
    `parameters` is ref.shrinkage_parameter.
    """
    number = parameters.row(0, named=True)
    limits = limits_of(parameters)
    known = cells.filter(pl.col("status") == "value", pl.col("denominator") > 0).sort("region_id", "period")
    rows: list[dict[str, object]] = []
    for level in LEVELS:
        for indicator, model in indicators.filter("scored").select("indicator_id", "model").iter_rows():
            mine = known.filter(region_level=level, indicator_id=indicator)
            if mine.is_empty():
                continue
            scale = event_scale(mine)
            priors = _priors(mine, model, scale, limits, int(number["least_group"]))
            # A group nobody reported for has too few units of its own: the level speaks for it too.
            every = cells.filter(region_level=level)["prior_group"].unique().sort()
            priors = dict.fromkeys(every, priors[None]) | priors
            for group, prior in priors.items():
                own = mine if group is None else mine.filter(prior_group=group)
                rows.append(
                    {
                        "region_level": level,
                        "prior_group": ALL if group is None else group,
                        "indicator_id": indicator,
                        "mean": round(prior.mean, DIGITS),
                        "between": round(prior.between, DIGITS),
                        "strength": round(prior.strength, DIGITS) if np.isfinite(prior.strength) else None,
                        "event_scale": round(scale, DIGITS),
                        "observations": own.height,
                    }
                )
    return pl.DataFrame(rows, PRIOR_SCHEMA).sort("region_level", "prior_group", "indicator_id")


def limits_of(parameters: pl.DataFrame) -> Limits:
    """The limits of the index's priors, from ref.shrinkage_parameter."""
    number = parameters.row(0, named=True)
    return Limits(
        pseudo_count=number["pseudo_count"],
        least_spread=number["least_spread"],
        least_between=number["least_between"],
        strengths=(number["least_strength"], number["largest_strength"]),
        no_trials_strength=number["no_trials_strength"],
    )


def event_scale(cells: pl.DataFrame) -> float:
    """Σw²/Σw over all rows, the mean weight of a case met at random; 1 without cases or weights."""
    weighted = cells.filter(pl.col("squares").is_not_null())
    total = float(weighted["numerator"].sum())
    return float(weighted["squares"].sum()) / total if total > 0 else 1.0


def _priors(
    cells: pl.DataFrame, model: str, scale: float, limits: Limits, least_group: int
) -> dict[Hashable, Prior]:
    """The prior of every group of one indicator and level, and under None that of all."""
    count = cells["numerator"].to_numpy() / scale
    below = cells["denominator"].to_numpy() / scale
    groups, units = cells["prior_group"].to_list(), cells["region_id"].to_list()
    if model == "GP":
        return priors_poisson(count, below, groups, limits=limits, least_group=least_group, units=units)
    if model == "BB":
        # Bodies on a list may be more than those counted; a share is at most all of them.
        count = np.minimum(count, below)
        return priors_binomial(count, below, groups, limits=limits, least_group=least_group, units=units)
    mean = float(count.sum() / below.sum())
    return {group: Prior(mean, 0.0, np.inf) for group in dict.fromkeys([None, *groups])}
