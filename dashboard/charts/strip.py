"""A strip of dots for a table cell: where the prefectures lie on one indicator, and their median.

Plain HTML with positions in percent, because Streamlit strips inline SVG. The table twin is beside it.
"""

import polars as pl


def html(values: pl.Series) -> str:
    """Return the strip of the values that are there, smallest left; an empty string when there is none."""
    present = values.drop_nulls().sort()
    if present.is_empty():
        return ""
    low, high = float(present[0]), float(present[-1])

    def left(value: float) -> str:
        share = 50.0 if high == low else 100 * (value - low) / (high - low)
        return f"left:{share:.1f}%"

    dots = "".join(f'<i style="{left(value)}"></i>' for value in present)
    middle = float(present.median())  # type: ignore[arg-type]
    return f'<span class="zx-strip" aria-hidden="true">{dots}<b style="{left(middle)}"></b></span>'
