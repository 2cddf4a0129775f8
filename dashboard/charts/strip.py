"""A strip of dots for a table cell: where the prefectures lie on one indicator, and their median (inline SVG)."""

import polars as pl

from dashboard.theme.tokens import token

WIDTH, HEIGHT, _PAD = 120, 18, 5


def svg(values: pl.Series) -> str:
    """Return the strip of the values that are there; an empty string when there is none."""
    present = values.drop_nulls()
    if present.is_empty():
        return ""
    low, high = float(present.min()), float(present.max())  # type: ignore[arg-type]

    def x(value: float) -> float:
        if high == low:
            return WIDTH / 2
        return round(_PAD + (value - low) / (high - low) * (WIDTH - 2 * _PAD), 1)

    middle, y = x(float(present.median())), HEIGHT / 2  # type: ignore[arg-type]
    dots = "".join(
        f'<circle cx="{x(value)}" cy="{y}" r="3.5" fill="{token("magnitude.classes")[4]}" fill-opacity="0.45"/>'
        for value in present.sort()
    )
    return (
        f'<svg class="strip" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">'
        f'<line x1="{_PAD}" x2="{WIDTH - _PAD}" y1="{y}" y2="{y}" stroke="{token("surface.line")}"/>{dots}'
        f'<line x1="{middle}" x2="{middle}" y1="2" y2="{HEIGHT - 2}" stroke="{token("ink.text")}" stroke-width="1.5"/>'
        "</svg>"
    )
