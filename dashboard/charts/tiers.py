"""Tiers (梯队) as quiet grounds behind the rows of a chart: the later the tier, the deeper the tint."""

from typing import Any

from dashboard.charts import lettering, style
from dashboard.i18n import Text
from dashboard.theme.tokens import token

# The first tier has the bare ground; so much more of the tint for each further one, up to the full tint.
_STEP = 0.3


def several(rows: list[dict[str, Any]]) -> bool:
    """Say whether rows are of more than one tier: one alone tells nobody apart."""
    return len({row.get("tier") for row in rows} - {None}) > 1


def grounds(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a band behind every run of rows of one tier (column `tier`, null: none) but the first."""
    if not several(rows):
        return []
    return [
        {
            "type": "rect",
            "layer": "below",
            "xref": "paper",
            "x0": 0,
            "x1": 1,
            "y0": first - 0.5,
            "y1": last + 0.5,
            "line": {"width": 0},
            "fillcolor": token("chart.interval"),
            "opacity": min(1.0, _STEP * (number - 1)),
            "name": f"tier {number}",
        }
        for number, first, last in _runs(rows)
        if number > 1
    ]


def captions(rows: list[dict[str, Any]], text: Text) -> list[dict[str, Any]]:
    """Return the name of the tier at the first row of every run; for rows in order of the score."""
    if not several(rows):
        return []
    return [
        {
            "x": 0,
            "xref": "paper",
            "xanchor": "left",
            "xshift": 8,
            "y": first,
            "text": text("standing.tier", n=text.code("standing.numeral", str(number))),
            "showarrow": False,
            "font": {"size": lettering.SMALL, "color": token("ink.muted"), "shadow": style.halo()},
        }
        for number, first, _ in _runs(rows)
    ]


def _runs(rows: list[dict[str, Any]]) -> list[tuple[int, int, int]]:
    """Tier, first and last row of every unbroken run."""
    numbers = [row.get("tier") for row in rows]
    found = [
        (number, first, last)
        for number in sorted({number for number in numbers if number is not None})
        for first, last in style.runs([one == number for one in numbers])
    ]
    return sorted(found, key=lambda run: run[1])
