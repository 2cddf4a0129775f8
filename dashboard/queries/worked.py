"""A county worked through: from its cases over estimates and scores to the index, from the snapshot's tables.

Plain arithmetic of method section 5, rules 1 to 5, and not the build's own functions: 方法说明 shows every
number of it, and it ends at the published score or says that it does not. Rounded to nine digits where the
tables are.
"""

import json
from datetime import date
from itertools import pairwise
from math import prod
from typing import Any

import polars as pl

Row = dict[str, Any]
KIND = "r12"
WORST, DIGITS = 1.0, 9


def example(certain: pl.DataFrame, wanted: str) -> str | None:
    """Return the county to work through: the one wanted if it has an index, else the first that has one."""
    ranked = certain.filter((pl.col("region_level") == "county") & pl.col("index_score").is_not_null())
    codes = ranked.sort("region_id")["region_id"].to_list()
    return wanted if wanted in codes else codes[0] if codes else None


def indicators(
    registry: pl.DataFrame,
    values: pl.DataFrame,
    scores: pl.DataFrame,
    priors: pl.DataFrame,
    region: Row,
    group: str,
    period: date,
) -> list[Row]:
    """Return a row a scored indicator in registry order, each with what its score is made of.

    `values` and `scores` are mart.indicator_value and mart.indicator_score of the region's window. Besides
    the registry: numerator, denominator, value, state, prior (a rate), strength, event_scale, estimate (null
    where nothing was reported), points (null where the whole level has nothing) and share (of
    what is not left out of its dimension).
    """
    cells = {row["indicator_id"]: row for row in values.to_dicts()}
    states = {row["indicator_id"]: row["score_state"] for row in scores.to_dicts()}
    usual = {
        row["indicator_id"]: row
        for row in priors.filter(
            pl.col("year") == period.year,
            pl.col("region_level") == region["region_level"],
            pl.col("prior_group") == group,
        ).to_dicts()
    }
    rows = []
    for one in registry.filter("scored").sort("sort_order").to_dicts():
        code = one["indicator_id"]
        cell, prior = cells[code], usual.get(code, {})
        row = {
            **one,
            **{key: cell[key] for key in ("status", "numerator", "denominator", "value")},
            "state": states[code],
            "prior": prior.get("mean"),
            "strength": prior.get("strength"),
            "event_scale": prior.get("event_scale"),
        }
        row["estimate"] = estimate(row)
        row["points"] = points(row)
        rows.append(row)
    for row in rows:
        held = sum(
            one["weight"]
            for one in rows
            if one["dimension"] == row["dimension"] and one["state"] != "left_out"
        )
        row["share"] = 0.0 if row["state"] == "left_out" else row["weight"] / held
    return rows


def estimate(row: Row) -> float | None:
    """Return (n/w + p·s) / (N/w + s) in the unit of the indicator; an administrative figure as it stands."""
    if row["state"] in ("left_out", "missing"):
        return None
    if row["state"] == "not_applicable":
        return round(row["prior"] * row["scale"], DIGITS)
    if row["model"] == "X":
        return float(row["value"])
    n, below = row["numerator"] / row["event_scale"], row["denominator"] / row["event_scale"]
    # Bodies on a list may be more than those counted; a share is at most all of them.
    n = n if row["model"] == "GP" else min(n, below)
    found = (n + row["prior"] * row["strength"]) / (below + row["strength"])
    return round(found * row["scale"], DIGITS)


def points(row: Row) -> float | None:
    """Return the points of the estimate between its goalposts; what was due and is missing has the worst."""
    if row["state"] == "left_out":
        return None
    if row["estimate"] is None:
        return WORST
    knots = sorted(json.loads(row["goalposts"]))
    at = min(max(row["estimate"], knots[0][0]), knots[-1][0])
    for (x0, y0), (x1, y1) in pairwise(knots):
        if at <= x1:
            return round(y0 + (y1 - y0) * (at - x0) / (x1 - x0), DIGITS)
    return None


def dimensions(rows: list[Row], known: pl.DataFrame) -> list[Row]:
    """Return a row a dimension in order: code, names, weight, score, and its parts (points × share)."""
    found = []
    for one in known.sort("sort_order").to_dicts():
        inside = [row for row in rows if row["dimension"] == one["dimension"] and row["points"] is not None]
        score = round(sum(row["points"] * row["share"] for row in inside), DIGITS)
        found.append({**one, "parts": inside, "score": score})
    return found


def index(parts: list[Row]) -> float:
    """Return the weighted geometric mean of the dimensions."""
    return prod(part["score"] ** part["weight"] for part in parts)


def rank(others: pl.Series, own: float) -> tuple[int, int]:
    """Return the place among the scores of the others by how many are better, and how many are ranked."""
    known = others.drop_nulls()
    return 1 + int((known > round(own, DIGITS)).sum()), len(known) + 1
