"""Names on charts: a short one for marks and axes, a full one for hovering, or code names for exports.

Charts read the columns `name` and `full_name`. A synthetic snapshot leaves the house with code names only, so
a view adds the columns twice: once for the screen, once for the camera.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import polars as pl

from dashboard.i18n import Text


def add(frame: pl.DataFrame, regions: pl.DataFrame, text: Text, coded: bool = False) -> pl.DataFrame:
    """Return a frame with `name` and `full_name` of its `region_id`, in a language, or as code names.

    `regions` is ref.region. Names that two regions of the frame share ("Yiliang") get their prefecture's.
    """
    here = set(frame["region_id"])
    rows = {row["region_id"]: row for row in regions.iter_rows(named=True)}
    plain = {code: _short(row, text, coded) for code, row in rows.items()}
    uses = Counter((row["region_level"], plain[code]) for code, row in rows.items() if code in here)
    table = pl.DataFrame(
        [
            {
                "region_id": code,
                "name": _distinct(row, plain, uses, text),
                "full_name": _full(row, rows, plain, text, coded),
            }
            for code, row in rows.items()
            if code in here
        ],
        schema={"region_id": pl.String, "name": pl.String, "full_name": pl.String},
    )
    return frame.drop("name", "full_name", strict=False).join(
        table, on="region_id", how="left", maintain_order="left"
    )


def short(row: Mapping[str, Any], text: Text) -> str:
    """Return a row's short name: its `name`, else the one of its reference columns."""
    return str(row.get("name") or text.place(row))


def full(row: Mapping[str, Any], text: Text) -> str:
    """Return a row's full name: its `full_name`, else the reference's, else the short one."""
    return str(row.get("full_name") or text.of(row, "name") or row["name"])


def _short(row: Mapping[str, Any], text: Text, coded: bool) -> str:
    if not coded:
        return text.place(row)
    # "Sample Prefecture A" is too long for a map, and A01 says what "Sample County A01" says.
    name = text.of(row, "code_name") or text.of(row, "name")
    return name.removeprefix("Sample ").replace("Prefecture ", "Pref. ").removeprefix("County ")


def _distinct(row: Mapping[str, Any], plain: Mapping[str, str], uses: Counter[Any], text: Text) -> str:
    name = plain[row["region_id"]]
    if uses[row["region_level"], name] == 1:
        return name
    return text("charts.in_place", name=name, place=plain[row["parent_id"]])


def _full(
    row: Mapping[str, Any], rows: Mapping[str, Any], plain: Mapping[str, str], text: Text, coded: bool
) -> str:
    name = (text.of(row, "code_name") if coded else "") or text.of(row, "name")
    if row["region_level"] != "county" or row["parent_id"] not in rows:
        return name
    return text("charts.of_place", name=name, place=plain[row["parent_id"]])
