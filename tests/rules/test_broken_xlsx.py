"""Broken workbooks as departments send them: every planted fault is named at its row, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pytest

from pipelines.contracts import CONTRACTS
from tests.rules.sheets import Formula, Rich, Shown, table, typed, write_book

ID_NUMBER = "999999199003070012"
TITLES = [["云南省某市报送表"], ["填报单位：某某局", "", "2019年12月"], []]
Faults = set[tuple[int | None, str | None, str]]


@dataclass(frozen=True)
class Broken:
    """Good records with cells spoilt by (row of the spreadsheet, column, value, rule or none).

    The header stands in row `header`, in Chinese where `chinese`; `arrange` makes the workbook's
    sheets of the table and `style` is how they are written; `also` are faults of other places.
    """

    source: str
    cells: tuple[tuple[int, str, Any, str], ...]
    header: int = 1
    chinese: bool = False
    arrange: Callable[[list[list[Any]]], dict[str, list[list[Any]]]] = field(
        default=lambda rows: {"Sheet1": rows}
    )
    style: Mapping[str, Any] = field(default_factory=dict)
    also: Faults = field(default_factory=set)
    columns: tuple[str, ...] | None = None


def titled(rows: list[list[Any]]) -> dict[str, list[list[Any]]]:
    return {"报送表": [*TITLES, *rows]}


FILES = {
    "typed cells": Broken(
        "failures",
        (
            (2, "record_id", "", "required_empty"),
            (3, "source", "传闻", "enum_unknown"),
            (4, "event_date", "2019-02-30", "date_unreadable"),
            (5, "amount", "约十万", "number_unreadable"),
        ),
    ),
    "titles above the header": Broken(
        "petitions",
        (
            (5, "问题属地", "大理", "region_ambiguous"),
            (7, "登记日期", "", "required_empty"),
            (9, "信访渠道", "托梦", "enum_unknown"),
        ),
        header=4,
        chinese=True,
        arrange=titled,
    ),
    "table not in the corner": Broken(
        "exposure",
        ((5, "地区", "昆明市", "region_level"), (7, "年份", 2019.5, "int_unreadable")),
        header=4,
        chinese=True,
        arrange=titled,
        style={"left": 3},
    ),
    "first sheet empty": Broken(
        "reports",
        ((3, "source", "会议纪要", "enum_unknown"), (4, "complete", "大概", "bool_unreadable")),
        arrange=lambda rows: {"Sheet1": [], "Sheet2": rows},
    ),
    "first sheet hidden": Broken(
        "debt_balance",
        ((3, "scope", "本级", "scope_own_at_county"),),
        arrange=lambda rows: {"名单": [["五华区"], ["盘龙区"]], "数据": rows},
        style={"hidden": ("名单",)},
    ),
    "cover sheet first": Broken(
        "debt_year",
        ((4, "scope", "合并", "enum_unknown"),),
        arrange=lambda rows: {"封面": [["政府债务年报"], ["填报单位", "某某局"]], "年报": rows},
    ),
    "two sheets of data": Broken(
        "petitions",
        ((3, "persons", -1, "number_negative"),),
        arrange=lambda rows: {"1月": rows, "2月": rows},
        also={(None, None, "sheet_unread")},
    ),
    "days as bare numbers": Broken(
        "failures",
        (
            (2, "event_date", 43470, ""),  # 2019-01-05
            (3, "recognised_date", 43485.75, ""),  # 2019-01-20 18:00
            (4, "event_date", 20190105, ""),
            (4, "event_date", 12, "date_unreadable"),
            (5, "recorded_at", 47484, "date_in_future"),  # 2030-01-01
        ),
    ),
    "days that never were": Broken(
        "failures",
        (
            (2, "entered_date", Shown(60, "yyyy-mm-dd"), "date_unreadable"),
            (3, "entered_date", Shown(2, "yyyy-mm-dd"), "date_out_of_range"),
            (4, "entered_date", Shown(-5, "yyyy-mm-dd"), "date_unreadable"),
            (5, "entered_date", Shown(0.4, "h:mm"), "date_unreadable"),
        ),
    ),
    "calendar of 1904": Broken(
        "petitions",
        ((2, "registered_date", date(2020, 1, 5), "date_in_future"), (3, "accepted_date", 42008, "")),
        style={"calendar_1904": True},
    ),
    "months under a format": Broken(
        "petitions",
        (
            (2, "registered_date", Shown(43466, 'yyyy"年"m"月"'), ""),
            (3, "registered_date", Shown(43466, "[$-804]e年m月;@"), ""),
            (4, "closed_date", Shown(43466, 'yyyy"年"m"月"'), "date_unreadable"),
            (5, "closed_date", Shown(43600, 'yyyy"年"m"月"'), ""),
        ),
    ),
    "moments": Broken(
        "petitions",
        (
            (2, "registered_date", datetime(2019, 1, 5, 23, 59), ""),
            (3, "registered_date", Shown(43470.999999, "yyyy/m/d h:mm:ss"), ""),
            (4, "registered_date", "2019-01-05 25:00点", "date_unreadable"),
        ),
    ),
    "errors of formulas": Broken(
        "failures",
        (
            (2, "amount", Formula("=1/0", "#DIV/0!"), "number_not_finite"),
            (2, "body_name", Formula('=VLOOKUP("x",A:A,1,0)', "#N/A"), "formula_error"),
            (3, "region", Formula("=#REF!", "#REF!"), "region_unknown"),
            (4, "event_date", Formula("=x", "#NAME?"), "date_unreadable"),
            (5, "source", Formula('="a"+1', "#VALUE!"), "enum_unknown"),
        ),
    ),
    "values of formulas": Broken(
        "exposure",
        (
            (2, "population", Formula("=800000+50000", 850000), ""),
            (3, "population", Formula("=-5", -5), "number_negative"),
            (4, "region", Formula('="五华"&"区"', "五华区"), ""),
            (5, "region", Formula('="火"&"星"', "火星"), "region_unknown"),
        ),
    ),
    "codes as numbers": Broken(
        "failures",
        (
            (2, "region", 530102, ""),
            (3, "region", 530102.0, ""),
            (4, "region", 599999, "region_unknown"),
            (2, "township_code", 530102001, ""),
            (3, "township_code", 5301020, "code_malformed"),
            (4, "township_code", 530102001001, ""),
            (5, "township_code", Shown(12, "000000000"), ""),  # shown as 000000012
        ),
    ),
    "numbers as texts": Broken(
        "petitions",
        (
            (2, "persons", "1,200", ""),
            (3, "persons", "３人", ""),
            (4, "persons", "三人", "int_unreadable"),
            (5, "persons", 1.5, "int_unreadable"),
        ),
    ),
    "formats of money": Broken(
        "debt_balance",
        (
            (2, "balance_general", Shown(1234.5, '_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ;_ ¥* "-"??_ ;_ @_ '), ""),
            (3, "balance_general", Shown(-0.5, "0.00%"), "number_negative"),
            (4, "balance_general", Shown(1.5e9, "0.00E+00"), ""),
            (5, "balance_general", Shown(0.1 + 0.2, '#,##0.00"万元"'), ""),
        ),
    ),
    "yes and no": Broken(
        "petitions",
        ((2, "extended", True, ""), (3, "extended", 0, ""), (4, "extended", 2, "bool_unreadable")),
    ),
    "persons' numbers": Broken(
        "failures",
        (
            (2, "body_name", f"张某{ID_NUMBER}", "private_id_number"),
            (3, "measures", 13000000000, "private_phone"),
            (4, "doc_no", Rich(("电话", "13000", "000000")), "private_phone"),
            (5, "event_date", ID_NUMBER, "private_id_number"),
        ),
    ),
    "credit codes": Broken(
        "failures",
        (
            (2, "body_uscc", "915301020000000000", "not_government_body"),
            (3, "body_uscc", 1153010, "uscc_malformed"),
            (4, "body_uscc", "11530102MB00000002", "uscc_invalid"),
        ),
    ),
    "lines and pieces in a cell": Broken(
        "failures",
        (
            (2, "measures", "通报批评\n追责", ""),
            (3, "source", Rich(("行政", "处罚")), ""),
            (4, "severity", "很\n重", "enum_unknown"),
            (5, "region", "曲靖市\n五华区", "region_conflict"),
        ),
    ),
    "blank rows in between": Broken(
        "reports",
        ((6, "month", "2019-14", "date_unreadable"), (9, "region", "红河", "region_ambiguous")),
        arrange=lambda rows: {
            "Sheet1": [rows[0], [], [" "], [], rows[1], rows[2], [], [""], rows[3], rows[4], rows[5], [], []]
        },
        also=set(),
    ),
    "a note under the table": Broken(
        "reports",
        (),
        arrange=lambda rows: {"Sheet1": [*rows, [], ["填表人：某某"]]},
        also={(8, "source", "enum_unknown"), (8, "region", "region_empty"), (8, "month", "required_empty")},
    ),
    "merged cells among the data": Broken(
        "exposure",
        ((3, "region", "", "region_empty"), (4, "region", "", "region_empty")),
        style={"merged": {"Sheet1": ("A2:A4",)}},
        also={(None, None, "cells_merged")},
    ),
    "repeated ids": Broken(
        "failures",
        (
            (3, "record_id", "X", "duplicate_id"),
            (5, "record_id", "X", ""),
            (5, "recorded_at", date(2019, 12, 1), ""),
        ),
        columns=("recorded_at",),
    ),
    "dates in the wrong order": Broken("debt_year", ((2, "published_date", date(2019, 1, 1), "date_order"),)),
    "quarters": Broken(
        "debt_balance",
        (
            (2, "period", "2018Q4", ""),
            (3, "period", Shown(43160, "yyyy-mm"), ""),  # 2018-03
            (4, "period", Shown(43191, "yyyy-mm"), "month_not_quarter_end"),
            (5, "period", "第一季度", "date_unreadable"),
        ),
    ),
}


def good(bench: Any, source: str, number: int, columns: tuple[str, ...] | None) -> dict[str, Any]:
    """A good record as it is typed; every row of a source without an id of its own is another place."""
    record = bench.good(source, number, columns)
    if CONTRACTS[source].key[0] == "region":
        record["region"] = ("五华区", "盘龙区", "官渡区", "西山区", "呈贡区")[number - 1]
    return typed(source, record)


@pytest.mark.parametrize("name", FILES)
def test_every_planted_fault_and_nothing_else(bench: Any, both_roads: Any, name: str) -> None:
    case = FILES[name]
    labels = {c.name: c.zh for c in CONTRACTS[case.source].columns}
    records = [good(bench, case.source, number, case.columns) for number in range(1, 6)]
    plain = table(case.source, records, chinese=case.chinese)
    sheets = case.arrange(plain)
    rows = next(rows for rows in sheets.values() if plain[0] in rows)
    for row, column, value, _ in case.cells:
        target = next((known for known, zh in labels.items() if zh == column), column)
        place = plain[0].index(labels[target] if case.chinese else target)
        rows[row - 1][place] = value
    path = write_book(bench.folder / "book.xlsx", sheets, **case.style)
    planted = {(row, column, rule) for row, column, _, rule in case.cells if rule} | case.also
    assert both_roads(bench, path) == planted
    report = bench.check(path)
    assert (report.source, report.header_row) == (case.source, case.header)
    rejected = {row for row, _, rule in planted if row and rule not in ("uscc_invalid", "date_order")}
    assert report.rows_rejected == len(rejected)
    assert report.rows_read == (6 if name == "a note under the table" else 5)
