"""Guards beside the score: zeros that what is usual for the region's type makes improbable.

Zero is believed and scored; a zero with P < .01 is shown, because hiding must not pay unseen (method section
2, principle 6, and the end of section 5). Other guards are SQL: mart.nil_return, mart.revoked_rate.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.special import betaln

from models.index.estimate import with_priors

SCHEMA = pl.Schema(
    {
        "region_id": pl.String,
        "indicator_id": pl.String,
        "region_level": pl.String,
        "period": pl.Date,
        "denominator": pl.Float64,
        "expected": pl.Float64,
        "probability": pl.Float64,
        "improbable": pl.Boolean,
    }
)
DIGITS = 9


def improbable_zeros(
    cells: pl.DataFrame, priors: pl.DataFrame, indicators: pl.DataFrame, uncertainty: pl.DataFrame
) -> pl.DataFrame:
    """Every zero of an indicator of which less is better, and how probable it was before; see SCHEMA.

    `cells` is core.interval_cell, of which only the window now is looked at. `expected` is the number of
    cases by the prior mean (of weighted ones the effective number), `probability` that of no case at all when
    the region's true rate is drawn from the prior. Administrative figures have none.
    """
    less = indicators.filter(pl.col("direction") < 0)["indicator_id"].to_list()
    rows = with_priors(cells.filter(side="now"), priors, indicators).filter(
        pl.col("indicator_id").is_in(less),
        pl.col("model").is_in(["GP", "BB"]),
        pl.col("left_out").is_null(),
        pl.col("status") == "value",
        pl.col("numerator") == 0,
        pl.col("mean") > 0,
    )
    mean, strength = (rows[name].to_numpy().astype(np.float64) for name in ("mean", "strength"))
    below = rows["denominator"].to_numpy() / rows["event_scale"].to_numpy()
    shape, rest = mean * strength, (1 - mean) * strength
    poisson = (strength / (strength + below)) ** shape
    binomial = np.exp(
        betaln(shape, np.maximum(rest, 1e-300) + below) - betaln(shape, np.maximum(rest, 1e-300))
    )
    chance = np.where(rows["model"].to_numpy() == "GP", poisson, binomial)
    limit = float(uncertainty["improbable_zero_p"][0])
    return (
        rows.with_columns(
            pl.Series("expected", np.round(mean * below, DIGITS)),
            pl.Series("probability", np.round(chance, DIGITS)),
            pl.Series("improbable", chance < limit),
        )
        .select(list(SCHEMA))
        .cast(SCHEMA)
        .sort("region_id", "indicator_id")
    )
