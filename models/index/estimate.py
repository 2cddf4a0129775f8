"""Estimates: what a region's own cases and the prior of its type together say of every indicator.

`with_priors` joins the stored priors (`priors.py`) to the cells of the index, `posteriors` makes a
distribution of each row, `estimates` its mean: that is what is scored (method section 5, rules 2 and 3). No
case gives the prior itself, not reported gives nothing. Before: core.index_cell; next: `score.py`,
`interval.py`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from models.index.posterior import Posterior
from models.index.shrink import beta_posterior, gamma_posterior

Array = npt.NDArray[np.float64]
DIGITS = 9
_JOIN = ["prior_year", "region_level", "prior_group", "indicator_id"]


def estimates(
    cells: pl.DataFrame, priors: pl.DataFrame, indicators: pl.DataFrame, parameters: pl.DataFrame
) -> pl.DataFrame:
    """The cells with `estimate` and `raw`, in the unit of the indicator, null where nothing was reported.

    `cells` is core.index_cell (status, value, numerator, denominator, prior_group, prior_year, left_out),
    `priors` ref.prior, `indicators` ref.indicator, `parameters` ref.shrinkage_parameter. `raw` is the value
    itself and, without a case, the prior mean. What is left out has neither.
    """
    joined = with_priors(cells, priors, indicators)
    estimate, prior = np.full(joined.height, np.nan), np.full(joined.height, np.nan)
    models = joined["model"].to_numpy()
    for model in ("GP", "BB", "X"):
        mine = models == model
        found = posteriors(joined.filter(mine), model, parameters)
        estimate[mine] = found.estimate
        prior[mine] = joined.filter(mine).select(pl.col("mean") * pl.col("scale")).to_series().to_numpy()
    reported = pl.col("left_out").is_null() & (pl.col("status") != "missing")
    raw = (
        pl.when(pl.col("status") == "value").then("value").otherwise(pl.Series("prior", prior).round(DIGITS))
    )
    return joined.with_columns(
        pl.when(reported).then(pl.Series("estimate", estimate).round(DIGITS)).alias("estimate"),
        pl.when(reported).then(raw).alias("raw"),
    ).select(*cells.columns, "estimate", "raw")


def with_priors(cells: pl.DataFrame, priors: pl.DataFrame, indicators: pl.DataFrame) -> pl.DataFrame:
    """The cells of scored indicators with model and scale, and mean, strength and event_scale of their prior.

    Raises ValueError where a cell that is not left out has no prior.
    """
    scored = indicators.filter("scored").select("indicator_id", "model", "scale")
    prior = priors.select(pl.col("year").alias("prior_year"), *_JOIN[1:], "mean", "strength", "event_scale")
    joined = cells.join(scored, on="indicator_id", how="inner", maintain_order="left").join(
        prior, on=_JOIN, how="left", maintain_order="left"
    )
    lacking = joined.filter(pl.col("left_out").is_null() & pl.col("mean").is_null())
    if not lacking.is_empty():
        raise ValueError(f"no prior for {lacking.select(_JOIN).row(0)}")
    return joined


def posteriors(rows: pl.DataFrame, model: str, parameters: pl.DataFrame) -> Posterior:
    """The distribution of every row of `with_priors`, all of one model; NaN where nothing was reported.

    GP: gamma, of weighted counts over their scale; BB: beta; X: normal about the value with the stated
    revision error, about the prior mean where there is no case.
    """
    mean, scale = _numbers(rows, "mean"), _numbers(rows, "scale")
    status = rows["status"].to_numpy()
    if model == "X":
        value = np.where(status == "not_applicable", mean * scale, _numbers(rows, "value"))
        value = np.where(status == "missing", np.nan, value)
        error = float(parameters["revision_error_pct"][0]) / 100
        return Posterior("normal", value, np.abs(value) * error, value)
    strength, weight = _numbers(rows, "strength"), _numbers(rows, "event_scale")
    known = status == "value"
    count = np.where(known, _numbers(rows, "numerator"), 0.0) / weight
    below = np.where(known, _numbers(rows, "denominator"), 0.0) / weight
    below = np.where(status == "missing", np.nan, below)
    unit = float(scale[0]) if scale.size else 1.0
    if (scale != unit).any():
        raise ValueError("indicators of one model have one scale")
    if model == "GP":
        return gamma_posterior(count, below, mean, strength).scaled(unit)
    # Bodies on a list may be more than those counted; a share is at most all of them.
    return beta_posterior(np.minimum(count, below), below, mean, strength).scaled(unit)


def posteriors_by_indicator(rows: pl.DataFrame, parameters: pl.DataFrame) -> dict[str, Posterior]:
    """The distributions of every indicator among rows of `with_priors`, regions in their order."""
    return {
        str(name): posteriors(mine, mine["model"][0], parameters)
        for (name,), mine in rows.group_by("indicator_id", maintain_order=True)
    }


def _numbers(rows: pl.DataFrame, column: str) -> Array:
    """A column as numbers, NaN for null."""
    return rows[column].cast(pl.Float64).to_numpy().astype(np.float64)
