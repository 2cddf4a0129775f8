"""What is missing, in words: who did not report, undated records, absent sources, why there is no value."""

from typing import Any

import polars as pl

from dashboard.here import Here
from dashboard.i18n import Text
from dashboard.markup import escape, items
from dashboard.queries import gaps

# How many names a line shows before it sums up; the rest stands in the tables.
_NAMED = 4
_SHOWN = 8


def title(
    counts: dict[str, int],
    undated: dict[str, int],
    absent: list[dict[str, Any]],
    blocked: dict[str, list[dict[str, Any]]],
    text: Text,
) -> str:
    """Return the finding: how much of each kind is missing."""
    numbers = {
        "missing": counts["missing"],
        "undated": sum(undated.values()),
        "absent": len(absent),
        "blocked": sum(len(rows) for rows in blocked.values()),
    }
    parts = [text(f"gaps.part_{key}", n=number) for key, number in numbers.items() if number]
    return text("gaps.title", parts=text.join(parts)) if parts else text("gaps.title_none")


def reporting(by_source: pl.DataFrame, spans: list[dict[str, Any]], text: Text) -> str:
    """Return who did not report or was late, by source, with the months."""
    if by_source.is_empty():
        return block(text("gaps.reporting"), [text("gaps.reporting_no_due")])
    lines = []
    if by_source["inferred"].any():
        lines.append(text("gaps.reporting_inferred"))
    for source in by_source["source"].to_list():
        mine = [span for span in spans if span["source"] == source]
        for state in dict.fromkeys(span["state"] for span in mine):
            said = [_span(span, text) for span in mine if span["state"] == state]
            places = text.join(said[:_NAMED])
            if len(said) > _NAMED:
                places = text("gaps.places_more", items=places, n=len(said))
            names = {"source": text.code("source", source), "state": text.code("state", state)}
            lines.append(text("gaps.line", places=places, **names))
    return block(text("gaps.reporting"), lines or [text("gaps.reporting_none")])


def _span(span: dict[str, Any], text: Text) -> str:
    months = " ".join(text.span(first, last) for first, last in span["runs"][-2:])
    return text("gaps.span", region=text.place(span), months=months)


def undated(counts: dict[str, int], left_out: dict[str, int], text: Text) -> str:
    """Return the undated records, and the failure records that no rate contains."""
    lines = [
        text("gaps.undated_some", source=text.code("source", source), n=text.count(number))
        for source, number in counts.items()
    ]
    html = block(text("gaps.undated"), lines or [text("gaps.undated_none")])
    if left_out:
        said = [text(f"gaps.left_{reason}", n=text.count(number)) for reason, number in left_out.items()]
        html += block(text("gaps.left_out"), said)
    return html


def absent(sources: list[dict[str, Any]], text: Text) -> str:
    """Return the sources of which nothing came, and what that costs."""
    if not sources:
        return block(text("gaps.absent"), [text("gaps.absent_none")])
    names = text.join(text.of(row, "name") for row in sources)
    lines = [text("gaps.absent_some", sources=names)]
    for row in sources:
        key = f"gaps.absent_{row['source']}"
        lines.append(text(key) if text.has(key) else text("gaps.absent_event", source=text.of(row, "name")))
    return block(text("gaps.absent"), lines)


def blocked(reasons: dict[str, list[dict[str, Any]]], text: Text) -> str:
    """Return why provincial indicators have no value, by reason."""
    lines = []
    for reason, rows in reasons.items():
        names = [text.of(row, "name") for row in rows]
        shown = text.join(names[:_SHOWN])
        if len(names) > _SHOWN:
            shown = text("gaps.reason_more", items=shown, n=len(names))
        key = f"gaps.reason_{reason}"
        lines.append(text("gaps.reason", reason=text(key) if text.has(key) else reason, items=shown))
    return block(text("gaps.blocked"), lines or [text("gaps.blocked_none")])


def whole(at: Here, figures: pl.DataFrame) -> tuple[str, str]:
    """Return the finding on all that is missing in the window, and the blocks behind it as HTML.

    `figures` are the key figures of the area (`queries.overview.key_figures`).
    """
    reports, months = at.frame("mart.reporting"), at.months
    without = gaps.undated(at.frame("mart.undated"), at.area_id)
    nothing = gaps.absent_sources(at.frame("ref.source"), at.snapshot.manifest)
    reasons = gaps.blocked(figures)
    head = title(gaps.reporting(reports, *months), without, nothing, reasons, at.text)
    body = panel(
        gaps.reporting_by_source(reports, *months),
        gaps.missing_spans(at.frame("mart.missing_report"), at.regions, *months),
        without,
        gaps.left_out(at.frame("mart.left_out"), at.area_id),
        nothing,
        reasons,
        at.text,
    )
    areas = at.text("gaps.areas", area=at.area_name)
    return head, f'<p class="zx-meta">{escape(areas)}</p>{body}'


def panel(
    by_source: pl.DataFrame,
    spans: list[dict[str, Any]],
    undated_counts: dict[str, int],
    left_out: dict[str, int],
    nothing: list[dict[str, Any]],
    reasons: dict[str, list[dict[str, Any]]],
    text: Text,
) -> str:
    """Return the four blocks side by side."""
    parts = (
        reporting(by_source, spans, text),
        undated(undated_counts, left_out, text),
        absent(nothing, text),
        blocked(reasons, text),
    )
    return '<div class="zx-gaps">' + "".join(f"<section>{part}</section>" for part in parts) + "</div>"


def block(heading: str, lines: list[str]) -> str:
    """Return one block: a heading and its lines."""
    return f"<h3>{escape(heading)}</h3>{items(lines)}"
