"""Headers below titles or in two rows, and workbooks of programs that write what others do not."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from pipelines.contracts import CONTRACTS
from pipelines.contracts.workbooks import workbook
from tests.rules.sheets import edited, write_book

SHEET = "xl/worksheets/sheet1.xml"

UPPER = ["记录编号", "地区", "记录来源", "日期", "", "认定", "", "金额"]
LOWER = ["", "", "", "发生日期", "整改期限", "年份", "月份", "（元）"]
GROUPS = ("D1:E1", "F1:G1")


def test_a_header_of_two_rows_with_groups(bench: Any, both_roads: Any) -> None:
    good = ["1", "五华区", "行政处罚", "2019-01-05", "2019-04-05", "2019", "1", 100]
    rows = [UPPER, LOWER, good, ["2", "火星", *good[2:]], ["3", *good[1:6], "13", good[7]]]
    path = write_book(bench.folder / "book.xlsx", {"Sheet1": rows}, merged={"Sheet1": ("A1:A2", *GROUPS)})
    assert both_roads(bench, path) == {
        (4, "地区", "region_unknown"),
        (5, "认定月份", "month_without_year"),
    }
    report = bench.check(path)
    assert report.unmapped_headers == () and report.header_row == 2
    assert {"recognised_date", "rectify_due", "amount"} <= set(report.columns_given)
    text = bench.folder / "file.csv"
    text.write_text("\n".join(",".join(map(str, row)) for row in rows), encoding="utf-8")
    assert both_roads(bench, text) == both_roads(bench, path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("quoted", [False, True])
def test_titles_above_a_text(bench: Any, both_roads: Any, encoding: str, quoted: bool) -> None:
    labels = {c.name: c.zh for c in CONTRACTS["petitions"].columns}
    records = [bench.good("petitions", number) for number in range(1, 5)]
    records[1] |= {"channel": "托梦"}
    path = bench.write(records, headers=labels)
    title = '"信访事项,\n报送表",,\r\n' if quoted else "信访事项报送表,,\n填报单位：某某局,2019年,\n"
    path.write_bytes((title + path.read_text()).encode(encoding))
    first = 1 if quoted else 2
    assert both_roads(bench, path) == {(first + 3, "信访渠道", "enum_unknown")}
    report = bench.check(path)
    assert (report.header_row, report.rows_read, report.rows_accepted) == (first + 1, 4, 3)


def test_titles_do_not_slow_a_file_down(bench: Any) -> None:
    path = bench.write([bench.good("exposure", number) for number in range(1, 4)])
    path.write_text("sep=,\n" + path.read_text())
    fast, tolerant = (bench.check(path, road=road) for road in ("fast", "tolerant"))
    assert fast == tolerant and fast.header_row == 2 and fast.rows_accepted == 3


def test_other_names_of_text_files(bench: Any, both_roads: Any) -> None:
    for name, delimiter in (("a.tsv", "\t"), ("b.txt", ";"), ("c.xlsx", ",")):
        path = bench.write([bench.good("reports", 1) | {"complete": "x"}], name, delimiter=delimiter)
        assert both_roads(bench, path) == {(2, "complete", "bool_unreadable")}


MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
Lines = list[list[str]]


def cell(text: str, ref: str = "") -> str:
    place = f' r="{ref}"' if ref else ""
    return f'<c{place} t="inlineStr"><is><t>{text}</t></is></c>'


def line(cells: list[str], number: int = 0) -> str:
    place = f' r="{number}"' if number else ""
    return f"<row{place}>{''.join(cells)}</row>"


def plain(rows: Lines) -> str:
    return "".join(line([cell(text) for text in row]) for row in rows)


def backwards(rows: Lines) -> str:
    """Cells from the last to the first."""
    return "".join(
        line([cell(row[n], f"{'ABC'[n]}{number}") for n in (2, 1, 0)], number)
        for number, row in enumerate(rows, start=1)
    )


PRONOUNCED = "<r><t>五华</t></r><r><t>区</t></r><rPh sb='0' eb='3'><t>wuhuaqu</t></rPh>"
ODD_SHEETS: dict[str, Callable[[Lines], str]] = {
    "no references": plain,
    "cells out of order": backwards,
    "a note far away": lambda rows: plain(rows).replace("</row>", cell("x", "XFD4") + "</row>"),
    "how it is said": lambda rows: plain(rows).replace("<t>五华区</t>", PRONOUNCED),
    "controls written out": lambda rows: plain(rows).replace("五华区", "五华区_x000D_"),
}


def with_sheet(xml: str) -> bytes:
    """A workbook whose only sheet is this."""
    made = workbook([["x"]])
    return edited(made, SHEET, zipfile.ZipFile(io.BytesIO(made)).read(SHEET).decode(), xml)


@pytest.mark.parametrize("name", ODD_SHEETS)
def test_workbooks_of_odd_programs(bench: Any, both_roads: Any, name: str) -> None:
    rows = [["报送内容", "地区", "报送月份"]] + [["信访事项", "五华区", f"2019-0{n}"] for n in (1, 2, 13)]
    sheet = f"<worksheet {MAIN}><sheetData>{ODD_SHEETS[name](rows)}</sheetData></worksheet>"
    path = bench.folder / "book.xlsx"
    path.write_bytes(with_sheet(sheet))
    assert both_roads(bench, path) == {(4, "报送月份", "date_unreadable")}
    assert bench.check(path).rows_read == 3


def test_prefixes_dates_as_texts_and_other_slashes(bench: Any, both_roads: Any) -> None:
    rows = "".join(
        f"<x:row>{''.join(f'<x:c t={kind!r}><x:v>{text}</x:v></x:c>' for kind, text in row)}</x:row>"
        for row in (
            [("str", text) for text in ("信访件编号", "问题属地", "登记日期")],
            [("str", "1"), ("n", "530102"), ("d", "2019-01-05T00:00:00Z")],
            [("str", "2"), ("n", "530102"), ("d", "2019-01-05T09:30:00")],
            [("str", "3"), ("e", "#N/A"), ("b", "1")],
        )
    )
    main = MAIN.replace("xmlns=", "xmlns:x=")
    content = with_sheet(f"<x:worksheet {main}><x:sheetData>{rows}</x:sheetData></x:worksheet>")
    path = bench.folder / "book.xlsx"
    path.write_bytes(content.replace(b"xl/worksheets/", b"xl\\worksheets\\"))
    assert both_roads(bench, path) == {
        (4, "问题属地", "region_unknown"),
        (4, "登记日期", "date_unreadable"),
    }
