"""What leaves the page: tables as files, pictures; a synthetic snapshot leaves under code names only."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any
from xml.etree import ElementTree

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from dashboard.export import codenames, panel, sheets
from dashboard.menu import MENU
from dashboard.table import Cell, Column, Table
from tests.sample import Sample

Run = Callable[..., AppTest]
TABLE = Table(
    "表",
    (Column("地区"), Column("值(%)", numeric=True), Column("日期"), Column("代码", file_only=True)),
    (
        ("=1+1", Cell("12.3", 12.345), Cell("3月5日", date(2025, 3, 5)), "530102"),
        ("甲\n乙", Cell("·"), Cell("–", float("nan")), "00012"),
    ),
)
SHEET = sheets.Sheet([("标题", "@finding"), ("口径", "每百机构")], TABLE, str)


@given(st.text(max_size=20))
def test_no_text_is_taken_for_a_formula(words: str) -> None:
    kept = sheets.safe(words)
    assert not kept.lstrip(" ").startswith(sheets.FORMULA_STARTS)
    assert kept.removeprefix("'") == words.removeprefix("'")


def test_csv_says_what_it_is_and_keeps_numbers() -> None:
    raw = sheets.to_csv(SHEET)
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert rows[:4] == [
        ["标题", "'@finding"],
        ["口径", "每百机构"],
        [],
        ["地区", "值(%)", "日期", "代码"],
    ]
    assert rows[4:] == [["'=1+1", "12.345", "2025-03-05", "530102"], ["甲\n乙", "·", "", "00012"]]


SPACE = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def cells(raw: bytes) -> dict[str, str | float]:
    """The cells of a workbook's only sheet: words as words, numbers (days too) as numbers."""
    archive = zipfile.ZipFile(io.BytesIO(raw))
    strings = [
        "".join(part.itertext())
        for part in ElementTree.fromstring(archive.read("xl/sharedStrings.xml")).findall("x:si", SPACE)
    ]
    sheet = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    assert not sheet.findall(".//x:f", SPACE), "a formula"
    assert not sheet.findall(".//x:hyperlink", SPACE), "a link"
    found: dict[str, str | float] = {}
    for cell in sheet.iterfind(".//x:c", SPACE):
        value = cell.findtext("x:v", namespaces=SPACE)
        if value is not None:
            found[cell.attrib["r"]] = strings[int(value)] if cell.get("t") == "s" else float(value)
    return found


def test_workbook_keeps_numbers_and_days_and_has_no_formula() -> None:
    found = cells(sheets.to_xlsx(SHEET))
    assert found["B1"] == "'@finding" and found["A4"] == "地区"
    assert found["A5"] == "'=1+1" and found["B5"] == 12.345
    assert found["C5"] == (date(2025, 3, 5) - date(1899, 12, 30)).days
    assert found["D5"] == "530102" and found["D6"] == "00012" and "C6" not in found


Kept = tuple[Any, str, Any, tuple[Any, ...]]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Kept]:
    """Every card a page offers for export, as the page hands it over."""
    seen: list[Kept] = []
    draw = panel.draw

    def noted(at: Any, name: str, card: Any, make: Any, *by: Any) -> None:
        seen.append((at, name, make, by))
        draw(at, name, card, make, *by)

    monkeypatch.setattr(panel, "draw", noted)
    return seen


def real_names(built: Sample) -> re.Pattern[str]:
    """Names and codes of the places of Yunnan, the province's own left out."""
    regions = built.snapshot.frame("ref.region").filter(pl.col("region_level") != "province")
    names = {
        name
        for row in regions.iter_rows(named=True)
        for name in (row["name_zh"], row["short_zh"], row["name_en"])
        if len(name) > 1
    }
    longest = sorted(names, key=len, reverse=True)
    return re.compile("|".join(re.escape(name) for name in longest) + r"|(?<!\d)53\d{4}(?!\d)")


def texts(value: Any) -> list[str]:
    """All texts of a figure; packed numbers are none."""
    if isinstance(value, dict):
        return [text for key, item in value.items() if key != "bdata" for text in texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    return [value] if isinstance(value, str) else []


ADDRESSES = [
    ("home", {}),
    ("home", {"a": "530600", "p": "m2025-06"}),
    ("ranking", {}),
    ("ranking", {"lvl": "c", "tab": "table"}),
    ("ranking", {"lvl": "c", "tab": "change"}),
    ("prefecture", {"a": "530600"}),
    ("county", {"a": "530628"}),
    ("county", {"a": "530628", "ch": "failure_events", "m": "2025-03"}),
    ("warnings", {"p": "r2025-06", "lvl": "c"}),
    ("warnings", {"p": "r2025-06", "lvl": "c", "tab": "list"}),
]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("page", "query"), [case for case in ADDRESSES if case[0] in {entry.key for entry in MENU}]
)
def test_synthetic_data_leave_under_code_names(
    run: Run, built: Sample, drawn: list[Kept], page: str, query: dict[str, str], lang: str
) -> None:
    shown = run(page, "sample", lang=lang, **query)
    assert not shown.exception
    names, pictures = real_names(built), 0
    assert drawn
    for at, name, make, _ in drawn:
        outside = panel.leaving(at)
        assert outside.coded
        card = make(outside)
        assert panel.file_stem(outside, name).startswith("演示_")
        written = [panel.file_stem(outside, name)]
        if card.table:
            sheet = panel.sheet(outside, make)
            written += [sheets.to_csv(sheet).decode("utf-8-sig"), str(cells(sheets.to_xlsx(sheet)))]
            assert all(outside.text("frame.synthetic") in words for words in written[1:])
        picture = panel.picture(outside, card)
        if picture is not None:
            pictures += 1
            written.append("\n".join(texts(json.loads(picture.to_json()))))
            assert outside.text("frame.watermark") in written[-1]
        for words in written:
            found = names.search(words)
            assert not found, f"{name}: {words[found.start() - 40 : found.end() + 40]}"
    assert pictures or page != "home"


def test_real_data_leave_under_their_own_names(run: Run, drawn: list[Kept]) -> None:
    run("home", "failures_only")
    at, name, make, _ = next(kept for kept in drawn if kept[1] == "map")
    outside = panel.leaving(at)
    assert not outside.coded
    said = sheets.to_csv(panel.sheet(outside, make)).decode("utf-8-sig")
    assert "昆明市" in said and "530100" in said and "示例" not in said
    assert "内部资料" in said and not panel.file_stem(outside, name).startswith("演示")


def test_the_sweep_finds_names_that_came_in_by_another_way(built: Sample) -> None:
    mask = codenames.masker(built.snapshot.frame("ref.region"))
    assert "昭通" not in mask("昭通市彝良县公路局(彝良)") and "彝良" not in mask("彝良县")
    assert mask("编码530628号") != "编码530628号"
    assert "Zhaotong" not in mask("Zhaotong City") and mask("20 miles") == "20 miles"
    assert mask("云南省") == "云南省"
