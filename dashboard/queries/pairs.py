"""Who can be told apart from whom: one region against all others of the board, and against a chosen few.

Grain: a row a region, as `ranking.board` with the columns of mart.rank_interval makes it. Scores in points.
"""

from collections.abc import Sequence

import polars as pl
from scipy.special import ndtr, ndtri

from models.index import pair_test


def alike(board: pl.DataFrame, code: str, critical: float) -> list[str]:
    """Return the regions that cannot be told apart from `code` when all pairs are tested at once.

    `critical` standard errors tell a pair apart (mart.level_certainty). Empty without an interval of `code`;
    itself is one of them.
    """
    mine = board.filter((pl.col("region_id") == code) & pl.col("standard_error").is_not_null())
    if mine.is_empty():
        return []
    score, error = mine.select("index_score", "standard_error").row(0)
    both = (pl.col("standard_error").pow(2) + error**2).sqrt()
    near = (pl.col("index_score") - score).abs() <= critical * both
    return board.filter(near)["region_id"].to_list()


def against(board: pl.DataFrame, code: str, others: Sequence[str], level: float) -> pl.DataFrame:
    """Return each of `others` against `code`, every pair by its own test at confidence `level`.

    Columns: region_id (the other), difference (`code` less the other) with its interval lower and upper,
    probability (that `code` is truly better) and claim (1 better, −1 worse, 0 not to be told apart). Others
    without an index are left out; the order is that of `others`.
    """
    known = board.filter(pl.col("standard_error").is_not_null())
    mine = known.filter(pl.col("region_id") == code)
    order = pl.DataFrame({"region_id": list(others)}, schema={"region_id": pl.String})
    rest = order.join(known, on="region_id", how="inner", maintain_order="left")
    if mine.is_empty() or rest.is_empty():
        return pl.DataFrame(schema={"region_id": pl.String, **dict.fromkeys(FIGURES, pl.Float64)})
    score, error = mine.select("index_score", "standard_error").row(0)
    second, second_error = rest["index_score"].to_numpy(), rest["standard_error"].to_numpy()
    found = pair_test(score, error, second, second_error, level)
    wide = ndtri((1 + level) / 2) * (second_error**2 + error**2) ** 0.5
    return rest.select("region_id").with_columns(
        difference=pl.Series(found.difference),
        lower=pl.Series(found.difference - wide),
        upper=pl.Series(found.difference + wide),
        probability=pl.Series(ndtr(found.statistic)),
        claim=pl.Series(found.claim.astype(float)),
    )


FIGURES = ("difference", "lower", "upper", "probability", "claim")


def neighbours(borders: pl.DataFrame, board: pl.DataFrame, code: str) -> list[str]:
    """Return the regions of the board that share a border with `code` (ref.neighbour), by code."""
    mine = borders.filter(pl.col("region_id") == code)["neighbour_id"]
    return board.filter(pl.col("region_id").is_in(mine.to_list()))["region_id"].sort().to_list()
