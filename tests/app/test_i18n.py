"""The two catalogues say the same things, everything the program asks for is there, nothing is left over."""

import re
import string
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from dashboard.i18n import LANGUAGES, NAMED, Text, catalogue
from pipelines import api, registry, relations

DASHBOARD = Path(__file__).resolve().parents[2] / "dashboard"
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in sorted(DASHBOARD.rglob("*.py")))


def slots(words: str) -> set[str]:
    """The names a text is filled with."""
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


def test_catalogues_have_the_same_keys_and_slots() -> None:
    zh, en = (catalogue(lang) for lang in LANGUAGES)
    assert zh.keys() == en.keys()
    assert {key: slots(zh[key]) for key in zh} == {key: slots(en[key]) for key in en}
    assert all(zh.values()) and all(en.values())


def test_every_key_asked_for_exists() -> None:
    keys = set(catalogue("zh"))
    asked = set(re.findall(r"text\(\s*\"([a-z_]+\.[a-z0-9_.]+)\"", SOURCE))
    assert asked - keys == set()
    groups = set(re.findall(r"text(?:\.code)?\(\s*f?\"([a-z_]+(?:\.[a-z]+)?)[.\"]", SOURCE))
    assert all(any(key.startswith(f"{group}") for key in keys) for group in groups)


def test_no_key_is_left_over() -> None:
    words = re.findall(r"[\"']([a-z_]+\.[a-z0-9_.]+)[\"'{]", SOURCE)
    patterns = re.findall(r"f\"([a-z_]+(?:\.[a-z_]*)*)\{", SOURCE)
    groups = re.findall(r"code\(\s*[\"']([a-z_.]+)[\"']", SOURCE)
    for key in catalogue("zh"):
        used = key in words or any(key.startswith(start) for start in patterns if "." in start)
        assert used or any(key.startswith(f"{group}.") for group in groups), key


def test_words_exist_for_every_code_of_the_method() -> None:
    keys = set(catalogue("zh"))
    method = registry.method()
    assert {f"parameter.{key}" for key in method["parameters"]} <= keys
    shown = {key for group in NAMED for key, value in method[group].items() if isinstance(value, int | float)}
    assert {f"parameter.{key}" for key in shown} <= keys
    assert {f"severity.{key}" for key in method["severity"]} <= keys
    assert {f"source.{source}" for source in relations.sources()["source"]} <= keys
    assert {f"method.model_{model}" for model in registry.indicators()["model"].drop_nulls()} <= keys
    names = set(re.findall(r"\{(\w+)\}", "".join(relations.rules()["text_zh"])))
    assert {f"method.slot.{name}" for name in names} <= keys


def test_a_number_that_a_snapshots_method_lacks_is_a_gap() -> None:
    method = registry.method()
    older = {**method, "attention": {"debt_ratio_pct": 250}}
    key = "watch.column_debt_ratio", "watch.column_interest_burden"
    assert [Text("zh", older)(one) for one in key] == ["债务率≥250%", "付息支出率≥·%"]
    assert [Text("zh", method)(one) for one in key] == ["债务率≥300%", "付息支出率≥10%"]


def test_registry_has_both_languages() -> None:
    frame = registry.indicators()
    for name in ("name", "unit", "definition", "formula", "why", "caveat", "basis"):
        for lang in LANGUAGES:
            assert frame[f"{name}_{lang}"].str.len_chars().min() > 0


@pytest.mark.parametrize(
    ("kind", "period", "zh", "en"),
    [
        ("r12", date(2025, 12, 1), "2025年1—12月(近12个月)", "Jan–Dec 2025 (12 months)"),
        ("r12", date(2025, 6, 1), "2024年7月—2025年6月(近12个月)", "Jul 2024–Jun 2025 (12 months)"),
        ("month", date(2025, 6, 1), "2025年6月", "Jun 2025"),
        ("quarter", date(2025, 9, 1), "2025年第3季度", "Q3 2025"),
        ("half", date(2025, 6, 1), "2025年上半年", "H1 2025"),
        ("year", date(2025, 12, 1), "2025年", "2025"),
        ("ytd", date(2025, 1, 1), "2025年1月", "Jan 2025"),
        ("ytd", date(2025, 5, 1), "2025年1—5月", "Jan–May 2025"),
    ],
)
def test_periods_in_words(kind: str, period: date, zh: str, en: str) -> None:
    assert Text("zh").period(kind, period) == zh
    assert Text("en").period(kind, period) == en


def figure(**changes: object) -> dict[str, object]:
    """A row of an indicator."""
    row: dict[str, object] = {"kind": "ratio", "unit_zh": "%", "denominator": 200.0, "value": 91.26}
    return {**row, "status": "value", "change": 1.24, **changes}


def test_numbers_in_words() -> None:
    text = Text("zh")
    assert text.value(figure()) == "91.3"
    assert text.value(figure(denominator=99.0)) == "91"
    assert text.value(figure(kind="count", unit_zh="件", value=12345.0)) == "12,345"
    assert text.value(figure(value=None, status="missing")) == "·"
    assert text.value(figure(value=None, status="not_applicable")) == "–"
    assert text.change(figure(), "change") == "+1.2个百分点"
    assert text.change(figure(change=-1.26), "change") == "−1.3个百分点"
    assert text.change(figure(change=0.01), "change") == "持平"
    assert text.change(figure(unit_zh="件/百家"), "change") == "+1.2"
    assert text.change(figure(change=None, status="missing"), "change") == "·"


def test_names_of_places() -> None:
    regions = pl.DataFrame(
        {
            "region_level": ["prefecture", "own"],
            "name_zh": ["普洱市", "普洱市本级"],
            "short_zh": ["普洱", "普洱市本级"],
            "name_en": ["Pu'er City", "Pu'er City own level"],
        }
    )
    assert [Text("en").place(row) for row in regions.iter_rows(named=True)] == [
        "Pu'er",
        "Pu'er City own level",
    ]


def test_words_name_the_numbers_of_the_method_shown() -> None:
    """Another method's numbers stand in the same sentences; no catalogue says one of them by itself."""
    method = api.method()
    other = {**method, "warning": {**method["warning"], "interval_pct": 80, "provisional_level": 4}}
    assert Text("zh")("warning.expected") == "预期(90%区间)"
    assert Text("zh", other)("warning.expected") == "预期(80%区间)"
    assert "不高于四级" in Text("zh", other)("warning.sentence_provisional", share="70%")
    assert "Level 4 at most" in Text("en", other)("warning.sentence_provisional", share="70%")
    for lang in LANGUAGES:
        for key, words in catalogue(lang).items():
            assert not re.search(r"\b90 ?%", words), key
