"""The method: dimensions and weights, every number it uses, weights of gravity, terms."""

from __future__ import annotations

from pipelines import registry
from pipelines.handbook.indicators import dimension
from pipelines.handbook.page import Writer, code, number, table


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
            _parameters(page),
            f"## {page.say('严重程度权重', 'Weights of gravity')}",
            _severities(page),
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


def _parameters(page: Writer) -> str:
    rows = [
        [code(name), page.words.code("parameter", name), number(value)]
        for name, value in registry.method()["parameters"].items()
    ]
    return table(
        (page.say("参数", "parameter"), page.say("含义", "meaning"), page.say("取值", "value")), rows
    )


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
