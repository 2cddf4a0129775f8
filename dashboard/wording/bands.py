"""The five bands of the index in words, with their limits as the snapshot holds them (ref.band)."""

from typing import Any

import polars as pl

from dashboard.i18n import Text


def limits(bands: pl.DataFrame) -> tuple[int, ...]:
    """Return the lower limits of the bands from the lowest but one to the best, in points."""
    return tuple(sorted(int(lower) for lower in bands["lower"] if lower > 0))


def span(bands: pl.DataFrame, band: int) -> str:
    """Return the points of a band: 70–85, ≥ 85, < 40."""
    edges = limits(bands)
    place = len(edges) - band
    if place < 0:
        return f"< {edges[0]}"
    if place == len(edges) - 1:
        return f"≥ {edges[-1]}"
    return f"{edges[place]}–{edges[place + 1]}"


def name(band: int, text: Text) -> str:
    """Return what a band is called."""
    return text(f"band.{band}")


def word(row: dict[str, Any], bands: pl.DataFrame, text: Text) -> str:
    """Return the band of a row with its limits, empty when it is not ranked."""
    if row["band"] is None:
        return ""
    return text("band.with_span", band=name(row["band"], text), span=span(bands, row["band"]))
