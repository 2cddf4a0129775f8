"""What a file is: encoding, separator, headers, source, mapping; and how its cells are read."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.contracts import CONTRACTS
from pipelines.contracts.macros import MACROS, uscc_region_macro
from pipelines.contracts.samples import identity_number
from pipelines.errors import UserError
from pipelines.ingest import FileRefused, check_file, ingest_file, typed
from pipelines.ingest.rows import split_record
from pipelines.ingest.text import read_text
from pipelines.workspace import Workspace

RECEIVED = date(2024, 6, 30)
PETITIONS = "信访件编号,问题属地,登记日期\nP1,五华区,2024-01-05\nP2,芒市,2024/2/5\n"


def put(folder: Path, content: str | bytes, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    """An engine with the helpers of the rules."""
    found = duckdb.connect()
    for macro in (*MACROS, uscc_region_macro({"530122": "530115"})):
        found.execute(macro)
    return found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = put(tmp_path, PETITIONS.encode(encoding))
    report = check_file(path, received=RECEIVED)
    assert (report.source, report.rows_accepted, report.problems) == ("petitions", 2, ())


@pytest.mark.parametrize(
    ("content", "regular", "quoted", "damaged"),
    [
        ("a,b\n1,2\n", True, False, False),
        ("a,b\r\n1,2\r\n\r\n", True, False, False),
        ("a,b\n\n1,2\n", False, False, False),
        ("\na,b\n1,2\n", False, False, False),
        ("a,b\r1,2\r", False, False, False),
        ('a,b\n"1",2\n', True, True, False),
        ("a,b\n\ufffd,2\n", True, False, True),
        ("a,b\n\x00,2\n", False, False, True),
    ],
)
def test_a_first_look(tmp_path: Path, content: str, regular: bool, quoted: bool, damaged: bool) -> None:
    text = read_text(put(tmp_path, content), tmp_path)
    assert (text.regular, text.quoted, text.damaged, text.empty) == (regular, quoted, damaged, False)


def test_a_name_that_looks_like_a_pattern(tmp_path: Path) -> None:
    path = put(tmp_path, PETITIONS, "信访[2024]*.csv")
    assert check_file(path, received=RECEIVED).rows_accepted == 2


@pytest.mark.parametrize(
    ("line", "cells", "closed"),
    [
        ("a,b", ["a", "b"], True),
        ('"a,b",c', ["a,b", "c"], True),
        ('"a""b",', ['a"b', ""], True),
        ('a"b,c', ['a"b', "c"], True),
        ('"a"b,c', ["ab", "c"], True),
        ('a,"b', ["a", "b"], False),
        ("", [""], True),
    ],
)
def test_splitting_a_record(line: str, cells: list[str], closed: bool) -> None:
    assert split_record(line, ",") == (cells, closed)


DATES = {
    "2024-03-05": date(2024, 3, 5),
    "2024/3/5": date(2024, 3, 5),
    "20240305": date(2024, 3, 5),
    "2024年3月5日": date(2024, 3, 5),
    "２０２４－０３－０５": date(2024, 3, 5),
    " 2024.3.5 ": date(2024, 3, 5),
    "2024-03-05 09:30:00": date(2024, 3, 5),
    "2024年3月": date(2024, 3, 1),
    "2024-03": date(2024, 3, 1),
    "2024|3": date(2024, 3, 1),
    "2024-02-30": None,
    "20241305": None,
    "2024|13": None,
    "31/12/2023": None,
    "三月": None,
}


@pytest.mark.parametrize("text", DATES)
def test_dates(con: duckdb.DuckDBPyConnection, text: str) -> None:
    column = CONTRACTS["failures"].column("event_date")
    query = f"select {typed.value(column, 't', {}, False)}, {typed.is_month('t')} from (select ? as t)"
    value, month = con.execute(query, [text]).fetchall()[0]
    assert value == DATES[text]
    assert value is None or month == (text in ("2024年3月", "2024-03", "2024|3"))


@pytest.mark.parametrize(
    ("text", "unit", "fen"),
    [
        ("12.5", 1_000_000, 12_500_000),
        ("1,234.56", 100, 123_456),
        ("１２", 1_000_000, 12_000_000),
        ("0.0001", 10_000_000_000, 1_000_000),
        ("1e3", 100, 100_000),
        ("1,23", 100, None),
        ("12万", 100, None),
        ("nan", 100, None),
        ("99999999999999999999", 100, None),
    ],
)
def test_money(con: duckdb.DuckDBPyConnection, text: str, unit: int, fen: int | None) -> None:
    column = CONTRACTS["failures"].column("amount")
    query = f"select {typed.value(column, 't', {'amount': unit}, False)} from (select ? as t)"
    assert con.execute(query, [text]).fetchall() == [(fen,)]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("persons", "12", 12),
        ("persons", "1,200人", 1200),
        ("persons", "3.0", 3),
        ("persons", "1.5", None),
        ("persons", "0x10", None),
        ("extended", "有", True),
        ("extended", "FALSE", False),
        ("extended", "2", None),
        ("procedure", "第六项", 6),
        ("procedure", "31条6项", 6),
        ("procedure", "７", None),
        ("channel", "网上 信访", "网上"),
        ("case_id", " Ｘ１２ ", "X12"),
        ("category", "　城乡建设\u00a0", "城乡建设"),
        ("category", "  ", None),
    ],
)
def test_other_cells(con: duckdb.DuckDBPyConnection, name: str, text: str, value: object) -> None:
    column = CONTRACTS["petitions"].column(name)
    query = f"select {typed.value(column, 't', {}, True)} from (select ? as t)"
    assert con.execute(query, [text]).fetchall() == [(value,)]


def test_numbers_of_persons(con: duckdb.DuckDBPyConnection) -> None:
    def found(text: str) -> tuple[bool, bool]:
        return con.execute("select has_id_number(?), has_phone(?)", [text, text]).fetchall()[0]

    number = identity_number(random.Random(7))
    assert found(f"证{number}号") == (True, False)
    assert found("11010519491231002X") == (True, False)  # the example of the standard
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
    assert found(wrong) == (False, False)
    assert found(f"{number}1") == (False, False)  # a longer number is something else
    assert found("联系13812345678。") == (False, True)
    assert found("+86-13812345678") == (False, True)
    assert found("SX13812345678") == (False, False)  # part of a record number
    assert found("12812345678") == (False, False)


def test_credit_codes(con: duckdb.DuckDBPyConnection) -> None:
    def one(query: str) -> object:
        return con.execute(f"select {query}").fetchall()[0][0]

    assert one("uscc_check_ok('91350100M000100Y43')") is True  # the example of GB 32100
    assert one("uscc_check_ok('91350100M000100Y44')") is False
    for code, region, fits in [
        ("11530102MB00000001", "530102", True),
        ("11530122MB00000001", "530115", True),  # a former code of the county
        ("11530100MB00000001", "530102", True),  # a body of the prefecture in the county
        ("11530103MB00000001", "530102", False),
        ("11530103MB00000001", "530100L", True),
        ("11532301MB00000001", "530100L", False),
        ("11532301MB00000001", "530000L", True),
    ]:
        assert one(f"uscc_in_region('{code}', '{region}')") is fits, (code, region)


@pytest.mark.parametrize(
    ("header", "source"),
    [
        ("记录编号,州(市),县(市、区),记录来源", "failures"),
        ("RECORD_ID;地区代码;Source;涉及金额(元)", "failures"),
        ("信访件编号\t问题属地\t登记年份\t登记月份", "petitions"),
        ("年度,行政区划代码,常住人口(人),机关单位数", "exposure"),
        ("报送内容,报送单位,所属月份,报送时间", "reports"),
    ],
)
def test_the_source_is_told_from_the_headers(tmp_path: Path, header: str, source: str) -> None:
    assert check_file(put(tmp_path, header + "\n"), received=RECEIVED).source == source


def test_headers_nobody_knows_are_listed(tmp_path: Path) -> None:
    report = check_file(put(tmp_path, "颜色,地区\n红,五华区\n"), received=RECEIVED)
    assert [p.rule for p in report.problems] == ["source_unknown"] and "地区" in report.problems[0].zh


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("source = 'nothing'", "nothing"),
        ("nonsense = 1", "nonsense"),
        ("[columns]\n'没有的' = 'case_id'", "没有的"),
        ("[columns]\n'信访件编号' = 'no_such_column'", "no_such_column"),
        ("region_when_empty = '火星'", "火星"),
        ("source = ", "TOML"),
    ],
)
def test_a_wrong_mapping_is_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    mapping = put(tmp_path, text, "mapping.toml")
    with pytest.raises(UserError) as caught:
        check_file(put(tmp_path, PETITIONS), mapping=mapping, received=RECEIVED)
    assert said in caught.value.zh and "\n" not in caught.value.zh


def test_a_mapping_can_leave_out_and_fill_in(tmp_path: Path) -> None:
    mapping = put(
        tmp_path,
        "source = 'petitions'\nregion_when_empty = '530100L'\n"
        "[columns]\n'编号' = 'case_id'\n'登记日期' = ''\n'日期' = 'registered_date'\n"
        "[constants]\nchannel = '来信'\n",
        "mapping.toml",
    )
    path = put(tmp_path, "编号,日期,登记日期\n1,2024-01-05,坏\n")
    report = check_file(path, mapping=mapping, received=RECEIVED)
    assert (report.rows_accepted, report.problems) == (1, ())
    assert report.unmapped_headers == ("登记日期",)
    assert report.columns_given == ("case_id", "channel", "registered_date")


def test_refused_files_raise_on_ingest(tmp_path: Path) -> None:
    ws = Workspace.open(tmp_path / "home")
    with pytest.raises(FileRefused) as caught:
        ingest_file(ws, put(tmp_path, b"PK\x03\x04rest"), received=RECEIVED)
    assert "XLSX" in caught.value.zh
    with pytest.raises(UserError, match="missing.csv"):
        ingest_file(ws, tmp_path / "missing.csv", received=RECEIVED)
    with pytest.raises(UserError, match="nothing"):
        ingest_file(ws, put(tmp_path, PETITIONS), source="nothing", received=RECEIVED)
    assert sorted(path.name for path in ws.store.iterdir()) == ["FORMAT"]
