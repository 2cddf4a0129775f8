"""A second opinion: how rare a region's residuals of all sources are, by an isolation forest (method 6.9).

It sees the calibrated residuals of this month and the last, rises only, and learns from the years before: no
month has a say in its own. Shown beside a warning, never a part of it. Before: `monthly.py`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import special

from models.warning.monthly import JOINED

Array = npt.NDArray[np.float64]
DIGITS = 9
LARGEST = 8.0
SCHEMA = pl.Schema(
    {
        "region_id": pl.String,
        "region_level": pl.String,
        "period": pl.Date,
        "percentile": pl.Float64,
        "flagged": pl.Boolean,
    }
)


def second_opinion(judged: pl.DataFrame, parameters: pl.DataFrame) -> pl.DataFrame:
    """Where each region's month lies among all of the years before, 0 to 100, and whether it stands out.

    `judged` is core.judged, `parameters` ref.warning_parameter. Months without enough years before are not
    there. A source that was not tested counts as ordinary.
    """
    number = parameters.row(0, named=True)
    rows = judged.filter(pl.col("channel") != JOINED, pl.col("p_value").is_not_null())
    parts = [SCHEMA.to_frame()]
    for level in rows["region_level"].unique().sort():
        wide = _residuals(rows.filter(region_level=level))
        values = wide.select(pl.exclude("region_id", "region_level", "period")).to_numpy()
        years = wide["period"].dt.year().to_numpy()
        for year in sorted(set(years.tolist())):
            before, now = years < year, years == year
            if before.sum() < number["forest_least_months"]:
                continue
            place = percentiles(
                values[before], values[now], int(number["forest_trees"]), int(number["forest_seed"])
            )
            found = wide.filter(pl.Series(now)).select("region_id", "region_level", "period")
            parts.append(
                found.with_columns(
                    pl.Series("percentile", place.round(DIGITS)),
                    pl.Series("flagged", place >= number["forest_pct"]),
                ).cast(SCHEMA)
            )
    return pl.concat(parts).sort("region_id", "period")


def percentiles(before: Array, now: Array, trees: int, seed: int) -> Array:
    """The share of `before` (rows × residuals) less rare than each row of `now`, in per cent."""
    # The import takes as long as the forest; most programs that read this package grow none.
    from sklearn.ensemble import IsolationForest

    forest = IsolationForest(n_estimators=trees, random_state=seed).fit(before)
    known = np.sort(-forest.score_samples(before))
    return np.asarray(np.searchsorted(known, -forest.score_samples(now), side="left") / known.size * 100.0)


def _residuals(rows: pl.DataFrame) -> pl.DataFrame:
    """A row for each region and month: normal scores of p now and the month before, 0 where ordinary."""
    scored = rows.select(
        *("region_id", "region_level", "period", "channel"),
        *(_score(rows[name]).alias(name) for name in ("p_value", "p_before")),
    )
    wide = scored.pivot("channel", index=["region_id", "region_level", "period"], sort_columns=True)
    return wide.fill_null(0.0).sort("region_id", "period")


def _score(p: pl.Series) -> pl.Series:
    """Normal scores of rises: 0 for what is at or below expectation or unknown."""
    score = -special.ndtri(p.fill_null(0.5).to_numpy())
    return pl.Series(p.name, np.clip(score, 0.0, LARGEST))
