"""Properties of reading: parse(write(record)) = record, rows add up on any bytes, both roads agree."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.contracts import CONTRACTS, Column, Contract
from pipelines.contracts.base import MONEY_UNITS
from pipelines.ingest import check_file, ingest_file
from pipelines.ingest.text import Utf8Test
from pipelines.regions import frame
from pipelines.store import reader
from pipelines.workspace import Workspace

RECEIVED = date(2024, 12, 31)
QUICK = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
UNITS = [row[0] for row in frame.rollup().select("unit_id").unique().sort("unit_id").iter_rows()]
NAMES = dict(frame.regions().select("region_id", "name_zh").iter_rows())
DATES = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日", " %Y-%m-%d ")
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030")
# Words without anything that looks like a number of a person, a blank at an end, or a control character.
WORDS = (
    st.text(st.sampled_from("政务诚信云南，。;,\"'|甲乙abcXYZ()（）-—…é 一"), min_size=1, max_size=12)
    .map(str.strip)
    .filter(bool)
)
CODES = st.text(st.sampled_from("ABC123-"), min_size=1, max_size=8)


def values(column: Column) -> st.SearchStrategy[Any]:
    """Typed values of a column as they stand in the store."""
    if column.type == "date":
        days = st.dates(date(1990, 1, 1), date(2018, 12, 31))
        if column.quarter:
            return days.map(lambda day: day.replace(month=(day.month + 2) // 3 * 3, day=1))
        return days.map(lambda day: day.replace(day=1)) if column.whole_month else days
    if column.type == "int":
        return st.integers(column.minimum or 0, column.maximum or 10**9)
    if column.type == "money":
        least = 1 if column.rules else 0  # whole 元
        return st.integers(least, 10**13).map(lambda unit: unit * 100)
    if column.type == "bool":
        return st.booleans()
    if column.type == "enum":
        return st.sampled_from([value.stored for value in column.values])
    if column.type == "region":
        return st.sampled_from(UNITS)
    if column.pattern:
        return st.from_regex(r"\A53010[1-4]00[1-9]\Z")
    return CODES if column.type == "code" else WORDS


def records(contract: Contract) -> st.SearchStrategy[dict[str, Any]]:
    """Records: required columns always, the others sometimes; no 检举控告, no credit codes."""
    plain = {c.name: values(c) for c in contract.columns if c.name != "body_uscc"}
    if contract.restriction:
        name = contract.restriction.column
        plain[name] = plain[name].filter(lambda v: v != contract.restriction.value)  # type: ignore[union-attr]
    plain["recorded_at"] = st.dates(date(2019, 1, 1), date(2024, 12, 31))
    required = {c.name: plain[c.name] for c in contract.columns if c.required or c.name == "recorded_at"}
    drawn = st.fixed_dictionaries(
        required,
        optional={name: strategy for name, strategy in plain.items() if name not in required},
    )
    return drawn.map(_scoped) if "scope" in plain else drawn


def _scoped(record: dict[str, Any]) -> dict[str, Any]:
    """The record of debt as it may be: its unit's only scope, interest within expenditure, a year begun."""
    unit = record["region"]
    if len(unit) == 6 or unit.endswith("L"):
        record["scope"] = "本级" if unit.endswith("L") else "全辖"
    if "year" in record:
        record["year"] = min(record["year"], record["recorded_at"].year)
        for part, whole in (("general", "general"), ("special", "fund")):
            most = record[f"budget_expenditure_{whole}"]
            record[f"interest_{part}"] = min(record[f"interest_{part}"], most)
    return record


@st.composite
def files(draw: st.DrawFn, contract: Contract) -> tuple[bytes, list[dict[str, Any]]]:
    """A file of a few records in some style, and the records."""
    rows = draw(
        st.lists(
            records(contract), min_size=1, max_size=4, unique_by=lambda r: tuple(r[k] for k in contract.key)
        )
    )
    columns = draw(st.permutations(sorted({name for row in rows for name in row})))
    headers, writers = [], {}
    for name in columns:
        column = contract.column(name)
        unit = draw(st.sampled_from(sorted(MONEY_UNITS)))
        header = draw(st.sampled_from([column.name, column.zh, column.en, *column.aliases]))
        headers.append(header + (f"（{unit}）" if column.type == "money" else ""))
        writers[name] = _writer(draw, column, unit)
    out = io.StringIO()
    sheet = csv.writer(
        out, delimiter=draw(st.sampled_from(",;\t")), lineterminator=draw(st.sampled_from(["\n", "\r\n"]))
    )
    sheet.writerow(headers)
    for row in rows:
        sheet.writerow([writers[name](row[name]) if name in row else "" for name in columns])
    return out.getvalue().encode(draw(st.sampled_from(ENCODINGS))), rows


def _writer(draw: st.DrawFn, column: Column, unit: str) -> Any:
    """How the cells of a column are written in this file."""
    if column.type == "date":
        # Forms change within a column, as they do where several hands fill in a sheet.
        forms = draw(st.permutations(DATES))
        return lambda day: day.strftime(forms[day.toordinal() % len(forms)])
    if column.type == "money":
        return lambda fen: (
            f"{fen / MONEY_UNITS[unit]:,.8f}"
            if fen < 10**11
            else str(fen // MONEY_UNITS[unit])
            if fen % MONEY_UNITS[unit] == 0
            else f"{fen // MONEY_UNITS[unit]}.{fen % MONEY_UNITS[unit]:0{len(str(MONEY_UNITS[unit])) - 1}d}"
        )
    if column.type == "int":
        return draw(st.sampled_from([str, "{:,}".format, lambda n: str(n).translate(FULL_WIDTH)]))
    if column.type == "bool":
        return dict(zip((True, False), draw(st.sampled_from(["是否", "有无", "10", "YN"])), strict=True)).get
    if column.type == "enum":
        spellings = {v.stored: draw(st.sampled_from([str(v.stored), *v.aliases])) for v in column.values}
        return spellings.get
    if column.type == "region":
        return draw(st.sampled_from([str, lambda unit: NAMES[unit] if len(unit) > 6 else unit]))
    return str


FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def expected(contract: Contract, record: Mapping[str, Any]) -> dict[str, Any]:
    """The record as the store must give it back."""
    found: dict[str, Any] = {}
    for column in contract.columns:
        value = record.get(column.name)
        if value is None and column.default is not None:
            value = record[column.default[1:]] if column.default.startswith("=") else column.default
        found[column.stored_name] = value
    return found


@pytest.mark.parametrize("source", CONTRACTS)
def test_what_is_written_is_read(source: str) -> None:
    contract = CONTRACTS[source]

    @QUICK
    @given(files(contract))
    def holds(case: tuple[bytes, list[dict[str, Any]]]) -> None:
        content, rows = case
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "file.csv"
            path.write_bytes(content)
            ws = Workspace.open(Path(name) / "home")
            report = ingest_file(ws, path, source=source, received=RECEIVED)
            rejects = [problem for problem in report.problems if problem.level == "reject"]
            assert not rejects, (content.decode(errors="replace"), rejects)
            con = duckdb.connect()
            reader.current_relation(con, ws, source, RECEIVED)
            names = [column.stored_name for column in contract.columns]
            got = con.execute(f"select {', '.join(names)} from src.{source} order by row").fetchall()
        assert [dict(zip(names, row, strict=True)) for row in got] == [
            expected(contract, row) for row in rows
        ]

    holds()


@pytest.mark.parametrize("source", CONTRACTS)
def test_both_roads_agree_on_well_formed_files(source: str) -> None:
    @settings(QUICK, max_examples=8)
    @given(files(CONTRACTS[source]))
    def holds(case: tuple[bytes, list[dict[str, Any]]]) -> None:
        content, rows = case
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "file.csv"
            path.write_bytes(content)
            fast, tolerant = (
                check_file(path, source=source, received=RECEIVED, road=road) for road in ("fast", "tolerant")
            )
        assert fast == tolerant and fast.rows_read == len(rows)

    holds()


HEADERS = "case_id,region,registered_date,category"
SOUP = st.lists(
    st.sampled_from(
        [
            b",",
            b"\n",
            b"\r\n",
            b"\r",
            b'"',
            b"\x00",
            b"\xff",
            b" ",
            b"530102",
            b"2019-01-02",
            "五华区".encode(),
            "信访".encode("gb18030"),
            b"C1",
            b";",
            b"\xef\xbb\xbf",
        ]
    ),
    max_size=40,
).map(b"".join)


@settings(QUICK, max_examples=80)
@given(st.one_of(SOUP, st.binary(max_size=200)))
def test_rows_add_up_on_any_bytes(body: bytes) -> None:
    content = HEADERS.encode() + b"\n" + body
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "file.csv"
        path.write_bytes(content)
        report = check_file(path, source="petitions", received=RECEIVED)
    assert report.rows_accepted + report.rows_rejected == report.rows_read
    if b'"' not in body and body.isascii():
        lines = content.decode().replace("\r\n", "\n").replace("\r", "\n").split("\n")[1:]
        assert report.rows_read == sum(bool(line.replace(",", "").strip()) for line in lines)
    for problem in report.problems:
        assert problem.row is None or problem.row >= 2
    rejected = {p.row for p in report.problems if p.level == "reject" and p.row is not None}
    assert len(rejected) == report.rows_rejected


@settings(QUICK, max_examples=40)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_file_or_a_refusal(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "file.csv"
        path.write_bytes(content)
        report = check_file(path, received=RECEIVED)
    assert report.rows_accepted + report.rows_rejected == report.rows_read


@QUICK
@given(st.text(st.sampled_from("aé中😀\ufffd\n"), max_size=12), st.binary(max_size=2), st.integers(1, 5))
def test_utf8_is_known_in_pieces_of_any_size(text: str, rest: bytes, size: int) -> None:
    data = text.encode() + rest
    test = Utf8Test(sound=True)
    for start in range(0, len(data), size):
        if test.sound:
            test.take(data[start : start + size])
    try:
        decoded = data.decode()
    except UnicodeDecodeError:
        assert not test.sound or test.begun
    else:
        assert test.sound and not test.begun and test.damaged == ("\ufffd" in decoded)
