"""The excess of a warning by what its records are: type, body, field, channel (METHOD 6, last part).

Excess of a value = observed − expected × its usual share. Expected counts are dealt out in units of the last
digit that is stored, so that contributions sum to the excess to that digit. Beside: `explain.py`.
"""

from __future__ import annotations

import polars as pl

DIGITS = 9
# The region's own past speaks for a share as so many records of all regions do.
USUAL_RECORDS = 5.0
KEYS = ["region_id", "period", "channel", "attribute"]
SCHEMA = pl.Schema(
    {
        "region_id": pl.String,
        "period": pl.Date,
        "channel": pl.String,
        "attribute": pl.String,
        "value": pl.String,
        "observed": pl.Int64,
        "share": pl.Float64,
        "expected": pl.Float64,
        "excess": pl.Float64,
    }
)


def contributions(cells: pl.DataFrame, expected: pl.DataFrame) -> pl.DataFrame:
    """What each value of an attribute adds to the excess; see SCHEMA.

    `cells`: KEYS, value, observed (records of the month), past (records of the region's baseline) and usual
    (of all regions' baselines); every value seen in any of the three has a row. `expected`: region_id,
    period, channel, expected. The share of a value is that of the region's past, held to the usual one; with
    no past anywhere it is that of the month itself, and where that is empty too values share alike.
    """
    unit = 10**DIGITS
    usual, now = pl.col("usual").sum().over(KEYS), pl.col("observed").sum().over(KEYS)
    held = (
        pl.when(usual > 0)
        .then(pl.col("usual") / usual)
        .when(now > 0)
        .then(pl.col("observed") / now)
        .otherwise(1.0 / pl.len().over(KEYS))
    )
    own = pl.col("past").sum().over(KEYS)
    share = (pl.col("past") + USUAL_RECORDS * held) / (own + USUAL_RECORDS)
    rows = (
        cells.join(expected.select(*KEYS[:3], "expected"), on=KEYS[:3], how="inner", maintain_order="left")
        .sort(*KEYS, "value")
        .with_columns(share.alias("share"), whole=(pl.col("expected") * unit).round().cast(pl.Int64))
        .with_columns(quota=pl.col("share") * pl.col("whole"))
        .with_columns(units=pl.col("quota").floor().cast(pl.Int64))
    )
    # What the floors leave goes to the largest remainders, one unit each.
    left = pl.col("whole") - pl.col("units").sum().over(KEYS)
    place = (pl.col("units") - pl.col("quota")).rank("ordinal").over(KEYS)
    dealt = rows.with_columns(units=pl.col("units") + (place <= left).cast(pl.Int64))
    return dealt.select(
        *KEYS,
        "value",
        pl.col("observed").cast(pl.Int64),
        pl.col("share").round(DIGITS),
        (pl.col("units") / unit).alias("expected"),
        ((pl.col("observed") * unit - pl.col("units")) / unit).alias("excess"),
    ).cast(SCHEMA)
