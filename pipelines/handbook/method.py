"""The method: dimensions and weights, every number it uses, weights of gravity, terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines import registry
from pipelines.handbook.indicators import dimension
from pipelines.handbook.page import Writer, code, number, table

# Sections of the method file with a form of their own; every other one is shown as it stands there.
_OWN_FORM = ("parameters", "severity", "dimensions")


def page(page: Writer) -> str:
    """The page of the method."""
    method = registry.method()
    return "\n\n".join(
        [
            f"# {page.say('方法', 'Method')} `{method['id']}`",
            page.say(
                "权重、目标值和阈值都是本系统设定，不是规定；写有依据的除外。",
                "Weights, goalposts and thresholds are this system's own settings, not regulation, but"
                " where a basis is named.",
            ),
            f"## {page.say('维度与权重', 'Dimensions and weights')}",
            _dimensions(page),
            f"## {page.say('参数', 'Parameters')}",
            _numbers(page, "parameter", method["parameters"]),
            f"## {page.say('严重程度权重', 'Weights of gravity')}",
            _severities(page),
            *(
                _section(page, name, entry)
                for name, entry in method.items()
                if name not in ("id", *_OWN_FORM)
            ),
            f"## {page.say('术语', 'Terms')}",
            _terms(page),
        ]
    )


def _dimensions(page: Writer) -> str:
    names = {
        row["indicator_id"]: row[f"name_{page.lang}"] for row in registry.indicators().iter_rows(named=True)
    }
    within = registry.weights()
    rows = [
        [
            dimension(page, key),
            f"{100 * entry['weight']:.0f}%",
            page.say("是", "yes") if entry["required"] else page.say("否", "no"),
            page.join(
                f"[{names[indicator]}](indicators.md#{indicator}) {100 * within[indicator]:.1f}%"
                for group in entry["groups"]
                for indicator in group["indicators"]
            ),
        ]
        for key, entry in registry.method()["dimensions"].items()
    ]
    heads = (
        page.say("维度", "dimension"),
        page.say("权重", "weight"),
        page.say("必需", "required"),
        page.say("指标及维度内权重", "indicators and their weight within it"),
    )
    return table(heads, rows)


def _section(page: Writer, name: str, entry: Mapping[str, Any]) -> str:
    """A section of the method file: its numbers, or one row for each of its named parts."""
    parts = {key: value for key, value in entry.items() if isinstance(value, Mapping)}
    rest = {key: value for key, value in entry.items() if key not in parts}
    shown = [
        f"## {code(name)}",
        _numbers(page, "parameter", rest) if rest else "",
        _parts(page, parts) if parts else "",
    ]
    return "\n\n".join(filter(None, shown))


def _numbers(page: Writer, group: str, values: Mapping[str, Any]) -> str:
    """Every value with its meaning, where the words of the group have one."""
    rows = []
    for name, value in values.items():
        meaning = page.words.code(group, name)
        rows.append([code(name), "" if meaning == name else meaning, _value(page, value)])
    return table(
        (page.say("参数", "parameter"), page.say("含义", "meaning"), page.say("取值", "value")), rows
    )


def _parts(page: Writer, parts: Mapping[str, Mapping[str, Any]]) -> str:
    """Named parts: code, name, and whatever else each says of itself."""
    rows = []
    for key, part in parts.items():
        name = part.get("name", ("", ""))[page.side]
        said = [f"{code(word)} {_value(page, value)}" for word, value in part.items() if word != "name"]
        rows.append([code(key), name, page.join(said)])
    return table((page.say("代码", "code"), page.say("名称", "name"), page.say("设定", "settings")), rows)


def _value(page: Writer, value: object) -> str:
    """A value of the method file; a pair of texts is Chinese and English."""
    if isinstance(value, bool):
        return page.say("是", "yes") if value else page.say("否", "no")
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, list):
        # Two codes are a list; the first of two languages is not written in ASCII.
        if len(value) == 2 and isinstance(value[0], str) and not value[0].isascii():
            return str(value[page.side])
        return page.join(_value(page, part) for part in value)
    return str(value)


def _severities(page: Writer) -> str:
    rows = [
        [page.words.code("severity", name), number(weight)]
        for name, weight in registry.method()["severity"].items()
    ]
    return table((page.say("严重程度", "gravity"), page.say("权重", "weight")), rows)


def _terms(page: Writer) -> str:
    return page.bullets(
        (f"**{row[f'name_{page.lang}']}**", row[f"text_{page.lang}"])
        for row in registry.glossary().iter_rows(named=True)
    )
