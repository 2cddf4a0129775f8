"""方法说明: what intervals, tiers and trend words kept where the truth is known, by simulation."""

import polars as pl

from dashboard.here import Here
from dashboard.i18n import NOT_APPLICABLE, Text
from dashboard.markup import paragraph, table

SETS = ("plain", "hard", "well_measured")
MEASURES = (
    *("index_interval", "index_interval_reporting", "index_interval_silent_true", "own_ranks"),
    *("tiers_wrong", "pairs_wrong", "claimed_pairs_wrong_share", "separated_claimed", "false_trend"),
)


def section(at: Here) -> str:
    """Return the table of measured promises, a column a set of worlds; "" for a snapshot without one."""
    if not at.has("ref.index_coverage"):
        return ""
    text, found = at.text, at.frame("ref.index_coverage")
    cells = {(row["measure"], row["set"]): row for row in found.iter_rows(named=True)}
    rows = [
        [
            text(f"coverage.{measure}"),
            _asked(found.filter(measure=measure), text),
            *(_figure(cells.get((measure, name)), text) for name in SETS),
        ]
        for measure in MEASURES
    ]
    first = found.row(0, named=True)
    kept, asked = int(found["holds"].sum()), found["holds"].count()
    sizes = {"repeats": first["repeats"], "regions": first["regions"], "drawn": f"{first['draws']:,}"}
    intro = text("coverage.intro", **sizes, kept=kept, asked=asked)
    head = [text("coverage.measure"), text("coverage.asked"), *(text(f"coverage.{name}") for name in SETS)]
    shown = table(head, rows, caption=text("coverage.caption"), numeric=(1, 2, 3, 4), name="zx-wide")
    return paragraph(intro, "zx-note") + shown + paragraph(text("coverage.sets"), "zx-note")


def _asked(rows: pl.DataFrame, text: Text) -> str:
    """What is asked of a measure, in per cent; some are asked of one set only."""
    held = rows.filter(pl.col("least").is_not_null())
    if held.is_empty():
        return text("coverage.shown")
    least, most = 100 * held["least"][0], 100 * held["most"][0]
    if least <= 0:
        return f"≤ {most:.0f}%"
    return f"≥ {least:.0f}%" if most >= 100 else f"{least:.0f}%—{most:.0f}%"


def _figure(row: dict[str, object] | None, text: Text) -> str:
    """A share with its bounds in per cent, and whether it keeps what is asked."""
    if row is None or row["value"] is None:
        return NOT_APPLICABLE
    value, low, high = (100 * float(row[key]) for key in ("value", "low", "high"))  # type: ignore[arg-type]
    mark = {True: " ✓", False: " " + text("coverage.broken")}.get(row["holds"], "")  # type: ignore[call-overload]
    return f"{value:.1f}% ({low:.1f}—{high:.1f}){mark}"
