"""Broken files as departments send them: every planted fault is named, and nothing else."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from pipelines.contracts import CONTRACTS
from pipelines.contracts.samples import identity_number

ID_NUMBER = "999999199003070012"
PHONE = "13000000000"


@dataclass(frozen=True)
class Broken:
    """A file of good records with some cells spoilt: row → cells, and the faults to be named."""

    source: str
    rows: Mapping[int, Mapping[str, str]]
    faults: frozenset[tuple[int | None, str | None, str]]
    style: Mapping[str, str] = field(default_factory=dict)
    chinese: bool = False
    columns: tuple[str, ...] | None = None


def broken(source: str, *faults: tuple[int, str, str, str], **rest: Any) -> Broken:
    """A broken file from (row, column, spoilt text, rule)."""
    rows: dict[int, dict[str, str]] = {}
    for row, column, text, _ in faults:
        rows.setdefault(row, {})[column] = text
    return Broken(source, rows, frozenset((row, column, rule) for row, column, _, rule in faults), **rest)


FILES = {
    "plain": broken(
        "failures",
        (2, "record_id", "", "required_empty"),
        (3, "source", "传闻", "enum_unknown"),
        (5, "event_date", "2019-02-30", "date_unreadable"),
    ),
    "several faults in one row": broken(
        "failures",
        (4, "amount", "约十万", "number_unreadable"),
        (4, "recognised_as_breach", "也许", "bool_unreadable"),
        (4, "severity", "很重", "enum_unknown"),
        (4, "region", "火星", "region_unknown"),
    ),
    "gb18030": broken(
        "petitions",
        (3, "问题属地", "大理", "region_ambiguous"),
        (4, "信访渠道", "托梦", "enum_unknown"),
        style={"encoding": "gb18030", "newline": "\r\n"},
        chinese=True,
    ),
    "utf-8 with a mark": broken(
        "petitions",
        (2, "登记日期", "", "required_empty"),
        (5, "办结日期", "2019年13月1日", "date_unreadable"),
        style={"encoding": "utf-8-sig"},
        chinese=True,
    ),
    "utf-16": broken(
        "failures", (3, "region", "曲靖市五华区", "region_conflict"), style={"encoding": "utf-16"}
    ),
    "tabs": broken(
        "petitions",
        (2, "persons", "三人", "int_unreadable"),
        (3, "persons", "-1", "number_negative"),
        style={"delimiter": "\t"},
    ),
    "semicolons": broken(
        "failures",
        (3, "amount", "nan", "number_not_finite"),
        (4, "amount", "-3", "number_negative"),
        style={"delimiter": ";", "newline": "\r\n"},
    ),
    "persons' numbers": broken(
        "failures",
        (2, "body_name", f"张某{ID_NUMBER}", "private_id_number"),
        (3, "measures", f"电话 {PHONE}", "private_phone"),
        (4, "doc_no", "(１３０００００００００)", "private_phone"),
        (5, "event_date", ID_NUMBER, "private_id_number"),
    ),
    "credit codes": broken(
        "failures",
        (2, "body_uscc", "915301020000000000", "not_government_body"),
        (3, "body_uscc", "1153010", "uscc_malformed"),
        (4, "body_uscc", "11530102MB00000002", "uscc_invalid"),
        (5, "body_uscc", "11532301MB0000000M", "uscc_region_mismatch"),
    ),
    "future and past": broken(
        "petitions",
        (2, "registered_date", "2020-01-05", "date_in_future"),
        (3, "accepted_date", "1919-01-20", "date_out_of_range"),
        (4, "recorded_at", "2031-01-01", "date_in_future"),
    ),
    "dates in the wrong order": broken(
        "petitions",
        (2, "transferred_date", "2019-01-04", "date_order"),
        (3, "closed_date", "2019-01-04", "date_order"),
        columns=("registered_date", "transferred_date", "closed_date"),
    ),
    "text too long": broken("petitions", (3, "category", "信访人反映" * 20, "text_too_long")),
    "clauses": broken(
        "petitions", (2, "procedure", "7", "enum_unknown"), (4, "procedure", "第七项", "enum_unknown")
    ),
    "townships": broken("failures", (3, "township_code", "5301020", "code_malformed")),
    "exposure counts twice": broken(
        "exposure",
        (2, "region", "昆明市", "region_level"),
        (3, "year", "2019.5", "int_unreadable"),
        (4, "year", "1066", "number_out_of_range"),
        (5, "gov_bodies", "inf", "number_not_finite"),
    ),
    "exposure without a region": broken("exposure", (3, "region", " ", "region_empty"), chinese=False),
    "debt balances": broken(
        "debt_balance",
        (2, "所属季度", "2018年5月", "month_not_quarter_end"),
        (3, "口径", "本级", "scope_own_at_county"),
        (4, "一般债务余额", "", "required_empty"),
        (5, "公开日期", "2019-01-19", "date_order"),
        style={"encoding": "gb18030"},
        chinese=True,
    ),
    "debt of the year": broken(
        "debt_year",
        (2, "scope", "合并", "enum_unknown"),
        (3, "scope", "州本级", "scope_own_at_county"),
        (4, "fiscal_capacity", "-1", "number_negative"),
        (5, "year", "二〇一八", "int_unreadable"),
    ),
    "register": broken(
        "reports",
        (2, "source", "会议纪要", "enum_unknown"),
        (3, "month", "2019-14", "date_unreadable"),
        (4, "complete", "大概", "bool_unreadable"),
        (5, "reported_at", "2021-01-01", "date_in_future"),
    ),
    "register in gb18030": broken(
        "reports",
        (2, "地区", "红河", "region_ambiguous"),
        (4, "报送月份", "", "required_empty"),
        style={"encoding": "gb18030"},
        chinese=True,
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_every_planted_fault_and_nothing_else(bench: Any, both_roads: Any, name: str) -> None:
    case = FILES[name]
    labels = {c.name: c.zh for c in CONTRACTS[case.source].columns}
    targets = {zh: column for column, zh in labels.items()} if case.chinese else {}
    records = [bench.good(case.source, number, case.columns) for number in range(1, 6)]
    for row, cells in case.rows.items():
        records[row - 2] |= {targets.get(column, column): text for column, text in cells.items()}
    path = bench.write(records, **case.style, headers=labels if case.chinese else None)
    assert both_roads(bench, path) == case.faults


def test_damaged_characters(bench: Any, both_roads: Any) -> None:
    records = [bench.good("failures", number) for number in range(1, 5)]
    path = bench.write(records)
    lines = path.read_bytes().split(b"\n")
    lines[2] = lines[2].replace("某区交通运输局".encode(), "某区".encode() + b"\xe4\xba" + "局".encode())
    lines[4] = lines[4].replace("五华区".encode(), "五华\ufffd".encode())
    path.write_bytes(b"\n".join(lines))
    faults = {(3, "body_name", "encoding_damaged"), (5, "region", "encoding_damaged")}
    assert both_roads(bench, path) == faults


def test_damaged_characters_in_gb18030(bench: Any, both_roads: Any) -> None:
    path = bench.write([bench.good("failures", number) for number in range(1, 5)], encoding="gb18030")
    lines = path.read_bytes().split(b"\n")
    lines[3] = lines[3].replace("通报批评".encode("gb18030"), "通报".encode("gb18030") + b"\xff")
    path.write_bytes(b"\n".join(lines))
    assert both_roads(bench, path) == {(4, "measures", "encoding_damaged")}


def test_nul_bytes(bench: Any, both_roads: Any) -> None:
    path = bench.write([bench.good("petitions", number) for number in range(1, 4)])
    path.write_bytes(path.read_bytes().replace("城乡建设".encode(), b"\x00", 1))
    assert both_roads(bench, path) == {(2, "category", "encoding_damaged")}


def test_ragged_rows_and_open_marks_keep_their_row_numbers(bench: Any) -> None:
    path = bench.write([bench.good("failures", number) for number in range(1, 8)])
    lines = path.read_text().split("\n")
    lines[2] += ",1,2"
    lines[3] = lines[3].rsplit(",", 3)[0]
    lines[5] = lines[5].replace(",", ',"', 1)
    lines.insert(1, "")
    lines.insert(4, ",,,")
    path.write_text("\n".join(lines))
    report = bench.check(path)
    assert bench.found(report) == {
        (4, None, "ragged_row"),
        (6, None, "ragged_row"),
        (8, None, "quote_unclosed"),
    }
    assert (report.rows_read, report.rows_accepted) == (7, 4)


def test_a_cell_may_hold_separators_marks_and_lines(bench: Any, both_roads: Any) -> None:
    record = bench.good("failures", 1) | {"measures": '通报,"批评"\n追责', "severity": "多\n行"}
    path = bench.write([record, bench.good("failures", 2) | {"source": "x"}])
    assert both_roads(bench, path) == {(2, "severity", "enum_unknown"), (3, "source", "enum_unknown")}


def test_repeated_ids(bench: Any, both_roads: Any) -> None:
    first, second, third = (
        bench.good("petitions", 1) | {"recorded_at": day}
        for day in ("2019-07-01", "2019-08-01", "2019-07-15")
    )
    path = bench.write([first, second, bench.good("petitions", 2), third])
    faults = {(2, "case_id", "duplicate_id"), (5, "case_id", "duplicate_id")}
    assert both_roads(bench, path) == faults


def test_headers_missing_and_doubled(bench: Any) -> None:
    records = [bench.good("failures", 1, ("severity",))]
    path = bench.write(records, headers={"region": "严重程度"})
    assert bench.found(bench.check(path, source="failures")) == {
        (None, "严重程度", "header_duplicate"),
        (None, "地区", "header_missing"),
    }


def test_a_quarter_may_be_written_in_many_ways(bench: Any, both_roads: Any) -> None:
    texts = ("2018Q4", "2018年第四季度", "2018年4季度", "2018-12", "2018年12月", "2018-12-31", "20181231")
    records = [
        bench.good("debt_balance", 1) | {"region": str(530621 + number), "period": text}
        for number, text in enumerate(texts)
    ]
    assert both_roads(bench, bench.write(records)) == set()
    same = bench.write([record | {"region": "五华区"} for record in records])
    assert {rule for _, _, rule in both_roads(bench, same)} == {"duplicate_id"}


def test_hidden_debt_is_refused_whole(bench: Any) -> None:
    for header in ("隐性债务余额", "其中：隐性 债务", "地方政府隐债(万元)", "Hidden debt"):
        record = bench.good("debt_balance", 1) | {"x": "1"}
        report = bench.check(bench.write([record], headers={"x": header}))
        assert bench.found(report) == {(None, None, "secret_content")}
        assert report.rows_read == 0


def test_month_columns(bench: Any, both_roads: Any) -> None:
    rows = [("2019", "1"), ("2019年", "02月"), ("", ""), ("2019", ""), ("2019", "13"), ("", "4")]
    records = [
        {"record_id": f"R{n}", "region": "五华区", "source": "行政处罚", "年份": year, "月份": month}
        for n, (year, month) in enumerate(rows)
    ]
    path = bench.write(records)
    assert both_roads(bench, path) == {(6, "月份", "month_without_year"), (7, "月份", "month_without_year")}
    assert bench.check(path).undated == 2


def test_accusations_keep_nothing_but_their_existence(bench: Any, both_roads: Any) -> None:
    record = bench.good("petitions", 1) | {
        "case_type": "检举控告",
        "category": f"举报人电话{PHONE}",
        "closed_date": "昨天",
        "channel": identity_number(random.Random(1)),
    }
    path = bench.write([record])
    assert both_roads(bench, path) == set()
    assert bench.check(path).rows_accepted == 1


def test_numbers_of_persons_are_masked(bench: Any) -> None:
    record = bench.good("failures", 1) | {"body_name": f"{ID_NUMBER}", "measures": f"电话{PHONE}"}
    report = bench.check(bench.write([record]))
    said = " ".join(f"{p.value} {p.zh} {p.en}" for p in report.problems)
    assert ID_NUMBER not in said and PHONE not in said and "130****0000" in said
