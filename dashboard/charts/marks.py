"""How a warning level looks on a chart and how it is said: shape, numeral and word, never colour alone."""

from typing import Any, NamedTuple

import plotly.graph_objects as go

from dashboard.charts.style import key
from dashboard.i18n import Text
from dashboard.theme.tokens import token


class Mark(NamedTuple):
    """How a warning level looks: never by its colour alone."""

    numeral: str
    glyph: str
    symbol: str
    fill: str
    line: str
    ink: str


MARKS = {
    1: Mark("Ⅰ", "▲", "triangle-up", *(token(f"{g}.i") for g in ("level", "level", "level_ink"))),
    2: Mark("Ⅱ", "◆", "diamond", *(token(f"{g}.ii") for g in ("level", "level", "level_ink"))),
    3: Mark("Ⅲ", "■", "square", token("level.iii"), token("level.iii_line"), token("level_ink.iii")),
    4: Mark("Ⅳ", "●", "circle", *(token(f"{g}.iv") for g in ("level", "level", "level_ink"))),
}
# A triangle holds less than a square of the same size, and a diamond too.
_GROWN = {1: 1.3, 2: 1.2, 3: 1.0, 4: 1.08}


def level_marker(level: int, size: float) -> dict[str, Any]:
    """Return the marker of a level, about `size` pixels of room for its numeral."""
    mark = MARKS[level]
    line = {"color": mark.line, "width": 1}
    return {"symbol": mark.symbol, "size": size * _GROWN[level], "color": mark.fill, "line": line}


def level_key(level: int, text: Text) -> go.Scatter:
    """Return the legend's entry of a level: its shape, its numeral and its short word."""
    word = text(f"charts.short_level_{level}")
    return key(f"{MARKS[level].numeral} {word}", mode="markers", marker=level_marker(level, 11))


def level_word(level: int, text: Text) -> str:
    """Return a level where no mark is drawn: shape, numeral and word."""
    mark, word = MARKS[level], text(f"charts.level_{level}")
    return f"{mark.glyph}{mark.numeral} {word}"


def expected_word(row: dict[str, Any], text: Text) -> str:
    """Return observed (if given), expected and interval of a row of a warning's channel in one line."""
    said = text("charts.expected_of", value=f"{row['expected']:,.1f}")
    if row.get("observed") is not None:
        said = text("charts.observed_of", value=f"{row['observed']:,.0f}") + said
    if row.get("upper") is not None:
        said += text("charts.interval_of", low=f"{row['lower']:,.0f}", high=f"{row['upper']:,.0f}")
    return said
