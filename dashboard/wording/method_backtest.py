"""The card of the warning model on 方法说明: how it does against known events, and where it is weak.

The figures are those `zhengxin backtest` wrote last into the workspace (`pipelines/replay.py`): "today"
judges on all data there are now, "replay" on what was on file at each month's end.
"""

from typing import Any

from dashboard.here import Here
from dashboard.i18n import NOT_APPLICABLE, Text
from dashboard.markup import items, paragraph, table
from pipelines import api

SIDES = ("today", "replay")
LEVELS = (4, 3)
# Weak points that no figure says.
WEAK_POINTS = 3
Rows = list[dict[str, Any]]


def section(at: Here) -> str:
    """Return the figures as HTML; "" where the back-test never ran with the method on screen."""
    figures = api.backtest()
    if figures is None or figures["method"] != at.snapshot.method.get("id"):
        return ""
    return card(figures, at.text)


def card(figures: dict[str, Any], text: Text) -> str:
    """Return the figures of a back-test as HTML: found, false, shares of false ones, weak points."""
    span = {"first": figures["first_month"][:7], "last": figures["last_month"][:7]}
    intro = paragraph(text("method.backtest_intro", snapshot=figures["snapshot"][:12], **span))
    weak = [_weak(row, text) for row in figures["replay"]["weak"]]
    weak += [text(f"method.backtest_weak_{number}") for number in range(1, WEAK_POINTS + 1)]
    heading = paragraph(text("method.backtest_weak"), "zx-sub")
    beside = _price(figures, text) + _prevalence(figures["replay"]["prevalence"], text)
    return f'{intro}{_found(figures, text)}<div class="zx-side">{beside}</div>{heading}{items(weak)}'


def _weak(row: dict[str, Any], text: Text) -> str:
    words = {"kind": text.code("method.event", row["kind"]), "found": row["found"], "events": row["events"]}
    return text("method.backtest_weak_kind", **words)


def _level(level: int, text: Text) -> str:
    return text("method.or_graver", level=text(f"charts.short_level_{level}"))


def _found(figures: dict[str, Any], text: Text) -> str:
    """Events found by kind, level and side, and how many months after they began."""
    cells = {(side, row["kind"], row["level"]): row for side in SIDES for row in figures[side]["kinds"]}
    kinds = list(dict.fromkeys(row["kind"] for row in figures["today"]["kinds"]))
    columns = [(side, level) for side in SIDES for level in LEVELS]
    head = [text("method.event_kind"), text("method.events")]
    head += [
        text("method.found_at", side=text(f"method.{side}"), level=_level(level, text))
        for side, level in columns
    ]
    head += [text("method.delay_of", side=text(f"method.{side}")) for side in SIDES]
    rows = []
    for kind in kinds:
        rows.append(
            [
                text.code("method.event", kind),
                str(cells["today", kind, 4]["events"]),
                *(str(cells[side, kind, level]["found"]) for side, level in columns),
                *(_months(cells[side, kind, 4]["delay_months"]) for side in SIDES),
            ]
        )
    caption = text("method.backtest_found")
    return _titled(caption, table(head, rows, caption=caption, numeric=range(1, len(head)), name="zx-wide"))


def _months(value: float | None) -> str:
    return NOT_APPLICABLE if value is None else f"{value:.1f}"


def _price(figures: dict[str, Any], text: Text) -> str:
    """False warnings by level of region and of warning, replayed."""
    head = [
        text("method.price_of"),
        *(text(f"method.{name}") for name in ("raised", "false", "false_year", "false_month")),
    ]
    rows = [
        [
            text(
                "method.price_at",
                region=text(f"level.{row['region_level']}"),
                level=_level(row["level"], text),
            ),
            str(row["warnings"]),
            str(row["false_warnings"]),
            f"{row['false_per_region_year']:.3f}",
            f"{row['false_a_month']:.2f}",
        ]
        for row in figures["replay"]["price"]
    ]
    caption = text("method.backtest_price")
    return _titled(caption, table(head, rows, caption=caption, numeric=range(1, 5)))


def _prevalence(rows: Rows, text: Text) -> str:
    """The share of warnings that would be false at several prevalences, replayed."""
    shares = {(row["prevalence"], row["level"]): row["false_discovery"] for row in rows}
    known = sorted({row["prevalence"] for row in rows})
    head = [text("method.prevalence"), *(_level(level, text) for level in LEVELS)]
    lines = [
        [f"{100 * share:g}%", *(_share(shares.get((share, level))) for level in LEVELS)] for share in known
    ]
    caption = text("method.backtest_discovery")
    return _titled(caption, table(head, lines, caption=caption, numeric=(1, 2)))


def _titled(title: str, body: str) -> str:
    return f"<div>{paragraph(title, 'zx-sub')}{body}</div>"


def _share(value: float | None) -> str:
    return NOT_APPLICABLE if value is None else f"{100 * value:.0f}%"
