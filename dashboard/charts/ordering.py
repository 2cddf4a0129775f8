"""The order of a chart's rows, one a region: `ranking.py` and `change.py` draw them in it."""

from typing import Any

import polars as pl


def split_rows(
    frame: pl.DataFrame, column: str, by_value: bool
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the rows with a value in `column` and those without, which a chart draws apart.

    Rows come in code order; with `by_value` the first are sorted by falling value.
    """
    ordered = frame.sort("region_id")
    if by_value:
        ordered = ordered.sort(column, descending=True, maintain_order=True, nulls_last=True)
    rows = ordered.to_dicts()
    return [row for row in rows if row[column] is not None], [row for row in rows if row[column] is None]
