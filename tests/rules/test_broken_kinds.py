"""Files that are no good workbook, Parquet or text: each is one sentence, never a traceback."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from pipelines.contracts import CONTRACTS
from pipelines.contracts.limits import LIMITS
from pipelines.contracts.workbooks import workbook
from tests.rules.sheets import edited, table, typed, write_book

SHEET = "xl/worksheets/sheet1.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def archive(*names: str, content: bytes = b"<x/>") -> bytes:
    """A ZIP archive with parts of these names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for name in names:
            written.writestr(name, content)
    return out.getvalue()


def flipped(content: bytes) -> bytes:
    """One byte of the packed sheet is another."""
    info = zipfile.ZipFile(io.BytesIO(content)).getinfo(SHEET)
    place = info.header_offset + 30 + len(SHEET) + info.compress_size // 2
    return content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]


def locked(content: bytes) -> bytes:
    """The archive says that its parts are encrypted."""
    raw = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = -1
        while (start := raw.find(mark, start + 1)) >= 0:
            raw[start + offset] |= 1
    return bytes(raw)


def parquet_bytes(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


ENTITIES = '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;">]><worksheet '
DAMAGED: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "cut in the middle": (lambda good: good[: len(good) // 2], "file_corrupt"),
    "cut at the end": (lambda good: good[:-30], "file_corrupt"),
    "a byte changed": (flipped, "file_corrupt"),
    "no XML inside": (lambda good: edited(good, SHEET, "<sheetData>", "<sheetDat>"), "file_corrupt"),
    "rows backwards": (lambda good: edited(good, SHEET, 'r="3"', 'r="1"'), "file_corrupt"),
    "a text that is not there": (
        lambda good: edited(good, SHEET, "<v>0</v>", "<v>99999</v>"),
        "file_corrupt",
    ),
    "a number that is none": (lambda good: edited(good, SHEET, "<v>43485</v>", "<v>x</v>"), "file_corrupt"),
    "a number without end": (
        lambda good: edited(good, SHEET, "<v>43485</v>", "<v>1E999999</v>"),
        "file_corrupt",
    ),
    "a column too far": (lambda good: edited(good, SHEET, 'r="A2"', 'r="ZZZ2"'), "file_corrupt"),
    "entities": (lambda good: edited(good, SHEET, "<worksheet ", ENTITIES), "file_corrupt"),
    "password of the archive": (locked, "password_protected"),
    "password of the program": (
        lambda good: OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600),
        "password_protected",
    ),
    "bomb": (lambda good: archive("xl/workbook.xml", content=bytes(64 << 20)), "expands_too_far"),
    "bomb of many parts": (
        lambda good: archive(*(f"{n}" for n in range(LIMITS.parts + 1)), content=b""),
        "expands_too_far",
    ),
    "old format": (lambda good: OLE + bytes(2000), "format_unsupported"),
    "a page called xls": (
        lambda good: "<html><table><tr><td>记录编号</td></tr></table>".encode("gb18030"),
        "format_unsupported",
    ),
    "XML of 2003": (lambda good: b'\xef\xbb\xbf<?xml version="1.0"?><Workbook>', "format_unsupported"),
    "a letter": (lambda good: archive("word/document.xml"), "format_unsupported"),
    "an open document": (lambda good: archive("mimetype", "content.xml"), "format_unsupported"),
    "binary workbook": (lambda good: archive("xl/workbook.bin"), "format_unsupported"),
    "any archive": (lambda good: archive("a.csv"), "format_unsupported"),
    "nothing in the archive": (lambda good: archive(), "format_unsupported"),
    "nothing": (lambda good: b"", "file_empty"),
    "no sheet with a cell": (lambda good: workbook([], [[" "]]), "sheet_empty"),
    "no sheet": (lambda good: workbook(), "sheet_empty"),
    "too many rows": (
        lambda good: edited(good, SHEET, '<row r="3"', f'<row r="{LIMITS.rows + 1}"'),
        "too_many_rows",
    ),
    "Parquet cut": (lambda good: parquet_bytes(pl.DataFrame({"case_id": ["1"]}))[:-9], "file_corrupt"),
    "Parquet with a password": (lambda good: b"PARE" + bytes(99), "password_protected"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_what_cannot_be_read_is_one_sentence(bench: Any, name: str) -> None:
    records = [typed("failures", bench.good("failures", number)) for number in range(1, 4)]
    path = write_book(bench.folder / "book.xlsx", {"Sheet1": table("failures", records)})
    assert bench.found(bench.check(path)) == set()
    spoil, rule = DAMAGED[name]
    path.write_bytes(spoil(path.read_bytes()))
    report = bench.check(path)
    assert bench.found(report) == {(None, None, rule)}
    assert report.rows_read == 0


def test_too_large(bench: Any) -> None:
    path = bench.folder / "book.xlsx"
    with path.open("wb") as handle:
        handle.write(b"PK\x03\x04")
        handle.truncate(LIMITS.workbook_bytes + 1)
    assert bench.found(bench.check(path)) == {(None, None, "file_too_large")}


def test_headers_missing_and_doubled(bench: Any) -> None:
    rows = [["记录编号", "记录来源", "来源", "程度"], ["1", "行政处罚", "行政处罚", "一般"]]
    path = write_book(bench.folder / "book.xlsx", {"Sheet1": [["失信记录"], *rows]})
    assert bench.found(bench.check(path, source="failures")) == {
        (None, "记录来源", "header_duplicate"),
        (None, "地区", "header_missing"),
    }
    path = write_book(bench.folder / "other.xlsx", {"Sheet1": [["颜色", "形状"], ["红", "圆"]]})
    assert bench.found(bench.check(path)) == {(None, None, "source_unknown")}


def test_hidden_debt_in_a_title(bench: Any) -> None:
    rows = table("debt_balance", [bench.good("debt_balance", 1)], chinese=True)
    for title, rules in (
        ("含隐性债务余额", {(None, None, "secret_content")}),
        (CONTRACTS["debt_balance"].notice_zh, set()),
    ):
        path = write_book(bench.folder / "book.xlsx", {"Sheet1": [[title], *rows]})
        assert bench.found(bench.check(path)) == rules
        titled = bench.folder / "file.csv"
        titled.write_text("\n".join(",".join(map(str, row)) for row in [[title], *rows]), encoding="utf-8")
        assert bench.found(bench.check(titled)) == rules


def test_typed_parquet(bench: Any, both_roads: Any) -> None:
    path = bench.folder / "file.parquet"
    pl.DataFrame(
        {
            "case_id": [1, 2, 3, 4, None, None],
            "region": [530102.0, 530103.0, 599999.0, None, 530102.0, None],
            "registered_date": [date(2019, 1, 5)] * 3 + [date(2090, 1, 1), date(2019, 1, 5), None],
            "closed_date": [datetime(2019, 1, 31, 17, tzinfo=UTC)] * 5 + [None],
            "extended": [True, False, None, None, None, None],
            "persons": [1.0, 2.5, float("nan"), None, None, None],
            "其他": [["x"]] * 5 + [None],
        }
    ).write_parquet(path)
    assert both_roads(bench, path) == {
        (3, "persons", "int_unreadable"),
        (4, "region", "region_unknown"),
        (4, "persons", "number_not_finite"),
        (5, "region", "region_empty"),
        (5, "registered_date", "date_in_future"),
        (6, "case_id", "required_empty"),
    }
    report = bench.check(path)
    assert (report.rows_read, report.rows_accepted, report.unmapped_headers) == (5, 1, ("其他",))


def test_parquet_of_nested_columns(bench: Any) -> None:
    frame = pl.DataFrame({"case_id": ["1"], "region": [["五华区"]], "registered_date": ["2019-01-05"]})
    path = bench.folder / "file.parquet"
    frame.write_parquet(path)
    report = bench.check(path)
    assert bench.found(report) == {(None, None, "column_nested")}
    assert "region" in report.problems[0].zh
