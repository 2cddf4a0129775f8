"""What 方法说明 says, rendered from the snapshot alone: registry, method, rules, glossary, manifest."""

import json
import re
from collections.abc import Mapping
from typing import Any

import polars as pl

from dashboard.i18n import Text
from dashboard.markup import definitions, escape, items, paragraph, table

PRINCIPLES = 7
_PARAMETER_TABLES = 3
_SLOT = re.compile(r"\{(\w+)\}")
_BETTER = {-1: "lower", 1: "higher", 0: "context"}


def weights(method: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """Return each scored indicator's weight within its dimension and in all, from the method's own file."""
    found: dict[str, tuple[float, float]] = {}
    for dimension in method.get("dimensions", {}).values():
        for group in dimension["groups"]:
            for indicator in group["indicators"]:
                within = group["share"] / len(group["indicators"])
                found[indicator] = (within, within * dimension["weight"])
    return found


def goalposts(knots: str | None, unit: str, text: Text) -> str:
    """Return the goalposts in words: the worst and the best value, or every knot between them."""
    if not knots:
        return ""
    points = json.loads(knots)
    mark = "%" if unit == "%" else ""
    if len(points) == 2:
        return text("method.goalposts_text", worst=f"{points[0][0]:g}{mark}", best=f"{points[-1][0]:g}{mark}")
    return text.join(f"{value:g}{mark} → {score:g}" for value, score in points)


def principles(text: Text) -> str:
    """Return the principles, and what the system cannot see."""
    said = [text(f"method.principle_{number}") for number in range(1, PRINCIPLES + 1)]
    return items([*said, text("method.not_said")])


def glance(indicators: pl.DataFrame, method: Mapping[str, Any], text: Text) -> str:
    """Return the table of all indicators: unit, better direction, dimension, weight in all, goalposts."""
    shares = weights(method)
    head = [
        text("table.indicator"),
        text("table.unit"),
        text("method.direction"),
        text("method.dimension"),
        text("method.weight"),
        text("method.goalposts"),
    ]
    rows = [
        [
            text.of(row, "name"),
            text.of(row, "unit"),
            text(f"method.{_BETTER[row['direction']]}"),
            _dimension(row["dimension"], method, text),
            f"{100 * shares[row['indicator_id']][1]:.1f}%" if row["indicator_id"] in shares else "–",
            goalposts(row["goalposts"], row["unit_zh"], text) or "–",
        ]
        for row in indicators.iter_rows(named=True)
    ]
    return table(head, rows, caption=text("method.indicators"), numeric=(4,), name="zx-glance")


def card(row: Mapping[str, Any], method: Mapping[str, Any], text: Text) -> str:
    """Return one indicator's card."""
    share = weights(method).get(row["indicator_id"])
    weight = (
        text("method.weight_text", within=f"{100 * share[0]:.1f}", total=f"{100 * share[1]:.1f}")
        if share
        else ""
    )
    model = f"method.model_{row['model']}"
    pairs = [
        (text("method.definition"), text.of(row, "definition")),
        (text("method.formula"), text.of(row, "formula")),
        (text("method.why"), text.of(row, "why")),
        (text("method.direction"), text(f"method.{_BETTER[row['direction']]}")),
        (text("method.goalposts"), goalposts(row["goalposts"], row["unit_zh"], text)),
        (text("method.weight"), weight),
        (text("method.model"), text(model) if text.has(model) else ""),
        (text("method.source"), text.code("source", row["source"])),
        (text("method.caveat"), text.of(row, "caveat")),
        (text("method.basis"), text.of(row, "basis")),
    ]
    reviewed = text("method.reviewed", date=text.day(row["reviewed_on"])) if row["reviewed_on"] else ""
    return (
        f'<article class="zx-indicator" id="{escape(row["indicator_id"])}">'
        f"<h3>{escape(text.of(row, 'name'))}</h3>"
        f'<p class="zx-meta">{escape(text.of(row, "unit"))} · <code>{escape(row["indicator_id"])}</code>'
        f" · {escape(reviewed)}</p>{definitions(pairs)}</article>"
    )


def dimensions(indicators: pl.DataFrame, method: Mapping[str, Any], text: Text) -> str:
    """Return the table of dimensions with their weights and the weights inside them."""
    names = {row["indicator_id"]: text.of(row, "name") for row in indicators.iter_rows(named=True)}
    shares = weights(method)
    rows = []
    for key, dimension in method.get("dimensions", {}).items():
        inside = [
            f"{names.get(indicator, indicator)} {100 * shares[indicator][0]:.1f}%"
            for group in dimension["groups"]
            for indicator in group["indicators"]
        ]
        rows.append(
            [
                _dimension(key, method, text),
                f"{100 * dimension['weight']:.0f}%",
                text("method.required_yes" if dimension["required"] else "method.required_no"),
                text.join(inside) or text("method.no_indicators"),
            ]
        )
    head = [text(f"method.{key}") for key in ("dimension", "weight", "required", "indicator_weights")]
    return table(head, rows, caption=text("method.weights"), numeric=(1,))


def _dimension(key: str | None, method: Mapping[str, Any], text: Text) -> str:
    names = method.get("dimensions", {}).get(key, {}).get("name") if key else None
    return names[0 if text.lang == "zh" else 1] if names else "–"


def parameters(method: Mapping[str, Any], text: Text) -> str:
    """Return every number of the method: deadlines and rules with the weights of gravity, index, warnings."""
    groups = {
        "rules": [
            *_named(method.get("parameters", {}), text),
            *(
                [f"{text('method.severity')} · {text.code('severity', key)}", f"{value:g}"]
                for key, value in method.get("severity", {}).items()
            ),
        ],
        **{
            key: _named(method.get(key, {}), text)
            for key in ("index", "shrinkage", "uncertainty", "attention")
        },
        "warning": _named(method.get("warning", {}), text),
    }
    head = [text("method.parameter"), text("method.value")]
    return "".join(
        paragraph(text(f"method.parameters_{group}"), "zx-sub") + _side_by_side(head, rows, group, text)
        for group, rows in groups.items()
        if rows
    )


def _named(numbers: Mapping[str, Any], text: Text) -> list[list[str]]:
    """Numbers of the method with their names, several of one kind in one cell; words are said elsewhere."""
    plain = {key: value for key, value in numbers.items() if not isinstance(value, Mapping)}
    several = {key: value if isinstance(value, list) else [value] for key, value in plain.items()}
    return [
        [text.code("parameter", key), text.join(_short(value) for value in values)]
        for key, values in several.items()
        if not any(isinstance(value, str) for value in values)
    ]


def _short(value: float) -> str:
    """Three digits behind the point; a number smaller than that in full."""
    return f"{round(value, 3):g}" if abs(value) >= 0.001 or not value else f"{value:.7f}".rstrip("0")


def _side_by_side(head: list[str], rows: list[list[str]], group: str, text: Text) -> str:
    """One long table in three beside each other: two columns of numbers fill a third of the page."""
    size = -(-len(rows) // _PARAMETER_TABLES)
    caption = text(f"method.parameters_{group}")
    parts = [
        table(head, rows[start : start + size], caption=f"{caption} {part}/{_PARAMETER_TABLES}", numeric=(1,))
        for part, start in enumerate(range(0, len(rows), size), start=1)
    ]
    return f'<div class="zx-side">{"".join(parts)}</div>'


def rules(frame: pl.DataFrame, text: Text) -> str:
    """Return every rule of the contracts once, with its sources: its id is the reason code of a reject."""
    merged = frame.group_by("rule_id", "level", "text_zh", "text_en", maintain_order=True).agg("source")
    rows = [
        [
            row["rule_id"],
            text.code("method.level", row["level"]),
            _sentence(text.of(row, "text"), text),
            text.join(text.code("source", source) for source in row["source"]),
        ]
        for row in merged.iter_rows(named=True)
    ]
    head = [text(f"method.{key}") for key in ("rule", "outcome", "sentence", "rule_source")]
    return paragraph(text("method.rules_intro", n=merged.height), "zx-note") + table(
        head, rows, caption=text("method.rules"), name="zx-rules"
    )


def _sentence(pattern: str, text: Text) -> str:
    """A rule's sentence with the words for what a real reject would fill in."""
    return _SLOT.sub(lambda slot: text.code("method.slot", slot[1]), pattern)


def glossary(frame: pl.DataFrame, text: Text) -> str:
    """Return the terms with their meaning."""
    return definitions((text.of(row, "name"), text.of(row, "text")) for row in frame.iter_rows(named=True))


def inputs(sources: pl.DataFrame, manifest: Mapping[str, Any], text: Text) -> str:
    """Return what came in by source, with rows read, accepted and rejected, and the versions used."""
    rows = []
    for source in sources.sort("sort_order").iter_rows(named=True):
        total = manifest.get("sources", {}).get(source["source"])
        counts = (
            [text.count(total[key]) for key in ("batches", "rows_read", "rows_accepted", "rows_rejected")]
            if total
            else [text("method.no_file"), "", "", ""]
        )
        rows.append([text.of(source, "name"), *counts])
    head = [text(f"method.{key}") for key in ("source", "batch", "read", "accepted", "rejected")]
    versions = [(name, str(version)) for name, version in manifest.get("versions", {}).items()]
    hashes = [
        (f"{text('method.hash')} · {name}", value[:12]) for name, value in manifest.get("hashes", {}).items()
    ]
    counts_table = table(head, rows, caption=text("method.inputs"), numeric=(1, 2, 3, 4))
    return counts_table + definitions([*versions, *hashes])


def credits(text: Text) -> str:
    """Return where borders, names and the typeface come from."""
    return items(text(f"method.{key}") for key in ("map_credit", "names_credit", "font_credit"))
