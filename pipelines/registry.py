"""The indicator registry and the method: what is measured, from what, and with which numbers.

`indicators.toml` and `method/core-1.0.toml` are read once and become small frames that SQL joins and
models read (ref.indicator, ref.measure, ref.parameter, ref.dimension, ref.channel and more) and that every
screen renders its words from. `pipelines/relations.py` hands them to DuckDB.
"""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Literal

import polars as pl

HERE = Path(__file__).parent
INDICATORS_FILE = HERE / "indicators.toml"
METHOD_FILE = HERE / "method" / "core-1.0.toml"
GLOSSARY_FILE = HERE / "glossary.toml"
COVERAGE_FILE = HERE / "reference" / "index_coverage.csv"

Language = Literal["zh", "en"]
TEXTS = ("name", "unit", "definition", "formula", "why", "caveat", "basis")


@cache
def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def method() -> dict[str, Any]:
    """Return the method as read from its TOML file: parameters, severity weights, dimensions."""
    return _toml(METHOD_FILE)


def indicators() -> pl.DataFrame:
    """Return ref.indicator: a row per indicator in registry order, texts in zh and en, goalposts as JSON.

    `weight` is the share of a scored indicator within its dimension.
    """
    rows, within = [], weights()
    for number, (indicator_id, entry) in enumerate(_toml(INDICATORS_FILE)["indicators"].items(), start=1):
        row: dict[str, Any] = {
            "indicator_id": indicator_id,
            "sort_order": number,
            "source": entry["source"],
            "kind": "ratio" if "denominator" in entry else "amount" if "scale" in entry else "count",
            "numerator": entry["numerator"],
            "denominator": entry.get("denominator"),
            "squares": entry.get("squares"),
            "scale": float(entry.get("scale", 1)),
            "coverage_months": entry.get("coverage_months"),
            "direction": entry["direction"],
            "dimension": entry.get("dimension"),
            "model": entry.get("model"),
            "scored": "dimension" in entry,
            "weight": within.get(indicator_id),
            "goalposts": json.dumps(entry["goalposts"]) if "goalposts" in entry else None,
            "reviewed_on": entry["reviewed_on"],
        }
        for text in TEXTS:
            row[f"{text}_zh"], row[f"{text}_en"] = entry[text]
        rows.append(row)
    return pl.DataFrame(rows, infer_schema_length=None)


def indicator_needs() -> pl.DataFrame:
    """Return ref.indicator_need: columns a file must give; those with equal `need_no` are alternatives."""
    rows = []
    for indicator_id, entry in _toml(INDICATORS_FILE)["indicators"].items():
        for number, need in enumerate(entry["needs"]):
            for column in need.split("|"):
                source, _, name = column.rpartition(".")
                row = {"indicator_id": indicator_id, "source": source or entry["source"], "need_no": number}
                rows.append(row | {"column_name": name})
    return pl.DataFrame(rows)


def measures() -> pl.DataFrame:
    """Return ref.measure: name, source, kind (flow, stock, window) and what an empty cell means (absent)."""
    return pl.DataFrame(
        [{"measure": name, **entry} for name, entry in _toml(INDICATORS_FILE)["measures"].items()]
    )


def parameters() -> pl.DataFrame:
    """Return ref.parameter: one row with every number of the method that SQL needs."""
    # Days are added to dates, which the engine does with 32-bit integers only.
    return pl.DataFrame([method()["parameters"]]).with_columns(pl.col(pl.Int64).cast(pl.Int32))


def severities() -> pl.DataFrame:
    """Return ref.severity: the weight of each degree of severity."""
    weights = method()["severity"]
    return pl.DataFrame({"severity": list(weights), "weight": [float(w) for w in weights.values()]})


def dimensions() -> pl.DataFrame:
    """Return ref.dimension: code, names, share of the index, whether it is required, and set aside.

    A second index is made of the dimensions not set aside.
    """
    return pl.DataFrame(
        [
            {
                "dimension": code,
                "sort_order": number,
                "name_zh": entry["name"][0],
                "name_en": entry["name"][1],
                "weight": float(entry["weight"]),
                "required": entry["required"],
                "set_aside": code in method()["index"]["set_aside"],
            }
            for number, (code, entry) in enumerate(method()["dimensions"].items(), start=1)
        ]
    )


def bands() -> pl.DataFrame:
    """Return ref.band: bands of the index from the best, each with its lower limit in points."""
    lower = [float(limit) for limit in method()["index"]["bands"]] + [0.0]
    return pl.DataFrame(
        {"band": range(1, len(lower) + 1), "lower": lower}, schema_overrides={"band": pl.Int32}
    )


def index_parameters() -> pl.DataFrame:
    """Return ref.index_parameter: one row with the numbers of the index that are not lists."""
    return _one_row(method()["index"])


def index_coverage() -> pl.DataFrame:
    """Return ref.index_coverage: what intervals and tiers kept on known truth (tests/bench/coverage.py).

    `value`, `low` and `high` are shares of one with 95 % bounds; `least` and `most` what is asked, null where
    the figure is only shown.
    """
    return pl.read_csv(COVERAGE_FILE)


def peer_groups() -> pl.DataFrame:
    """Return ref.peer_group: named groups of counties, each with the source of its list."""
    rows = []
    for code, entry in method()["peer_groups"].items():
        texts = {
            f"{text}_{lang}": entry[text][i]
            for text in ("name", "source")
            for i, lang in ((0, "zh"), (1, "en"))
        }
        rows.append({"peer_group": code, **texts})
    return pl.DataFrame(rows)


def shrinkage_parameters() -> pl.DataFrame:
    """Return ref.shrinkage_parameter: one row with every number of the priors."""
    return _one_row(method()["shrinkage"])


def prior_groups() -> pl.DataFrame:
    """Return ref.prior_group: which administrative types share a prior."""
    groups = method()["shrinkage"]["groups"]
    return pl.DataFrame({"type": list(groups), "prior_group": list(groups.values())})


def attention_parameters() -> pl.DataFrame:
    """Return ref.attention_parameter: one row with the limits of what is looked at first."""
    return _one_row(method()["attention"])


def uncertainty_parameters() -> pl.DataFrame:
    """Return ref.uncertainty_parameter: one row with every number of intervals, tiers and trend words."""
    return _one_row(method()["uncertainty"])


def warning_parameters() -> pl.DataFrame:
    """Return ref.warning_parameter: one row with every number of the warnings."""
    return _one_row(method()["warning"])


def channels() -> pl.DataFrame:
    """Return ref.channel: the counts that are tested by month, each a measure `less` another or none."""
    rows = [
        {
            "channel": code,
            "sort_order": number,
            "measure": entry["measure"],
            "less": entry.get("less"),
            "indicator_id": entry["indicator"],
            "family": entry["family"],
            "volume": entry.get("volume", False),
            "name_zh": entry["name"][0],
            "name_en": entry["name"][1],
            "unit_zh": entry["unit"][0],
            "unit_en": entry["unit"][1],
        }
        for number, (code, entry) in enumerate(method()["warning_channels"].items(), start=1)
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def _one_row(section: dict[str, Any]) -> pl.DataFrame:
    """The numbers of a section as one row of floats."""
    return pl.DataFrame(
        {key: [float(value)] for key, value in section.items() if isinstance(value, int | float)}
    )


def glossary() -> pl.DataFrame:
    """Return ref.glossary: term, name and text in Chinese and English, in the order of the file."""
    return pl.DataFrame(
        [
            {
                "term": entry["term"],
                "sort_order": number,
                "name_zh": entry["name"][0],
                "name_en": entry["name"][1],
                "text_zh": entry["text"][0],
                "text_en": entry["text"][1],
            }
            for number, entry in enumerate(_toml(GLOSSARY_FILE)["term"], start=1)
        ]
    )


def weights() -> dict[str, float]:
    """Return each indicator's weight within its dimension; the weights of a dimension sum to 1."""
    return {
        indicator: group["share"] / len(group["indicators"])
        for dimension in method()["dimensions"].values()
        for group in dimension["groups"]
        for indicator in group["indicators"]
    }


def markdown_table(language: Language) -> str:
    """Return the indicator table of the README in one language, rendered from the registry."""
    dimensions = method()["dimensions"]
    side = 0 if language == "zh" else 1
    head = (
        "| 指标 | 维度 | 单位 | 公式 | 方向 |"
        if language == "zh"
        else "| indicator | dimension | unit | formula | better |"
    )
    better = {-1: ("越低越好", "lower"), 1: ("越高越好", "higher"), 0: ("不计分", "not scored")}
    lines = [head, "| --- | --- | --- | --- | --- |"]
    for row in indicators().iter_rows(named=True):
        dimension = dimensions[row["dimension"]]["name"][side] if row["dimension"] else "–"
        cells = [
            f"{row[f'name_{language}']} `{row['indicator_id']}`",
            dimension,
            row[f"unit_{language}"],
            row[f"formula_{language}"],
            better[row["direction"]][side],
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)
