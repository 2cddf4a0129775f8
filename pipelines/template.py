"""The import template of a source: a workbook a department fills in, made from the contract.

Title, notice, explanations and an example stand above the header, where ingest reads no data: an
unchanged template has no rows, a filled one is read whole. Below the header are drop-down lists,
date and text formats; a second sheet describes every column. The same contract gives the same bytes.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import xlsxwriter

from pipelines.contracts import CONTRACTS, Column, Contract, Value
from pipelines.errors import EXIT_USAGE, UserError

HEADER_ROW = 5
"""The row the headers stand in, counted as a spreadsheet does; data begin below."""
DATA_ROWS = 10_000
"""So many rows below the header have drop-down lists and hints."""
MONEY_UNIT = "万元"
_MADE = datetime(2020, 1, 1)
_FIRST_DAY, _LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)
_NARROWEST, _WIDEST = 14, 28
_LINE_POINTS = 16
_LONGEST_MESSAGE, _LONGEST_TITLE = 255, 32
_FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "notice": {"bold": True, "font_color": "#B42318"},
    "hint": {
        "font_color": "#555555",
        "font_size": 9,
        "text_wrap": True,
        "valign": "top",
        "bg_color": "#F7F7F7",
    },
    "example": {"italic": True, "font_color": "#777777", "bg_color": "#F7F7F7", "num_format": "@"},
    "required": {"bold": True, "border": 1, "bg_color": "#FCE4B8", "text_wrap": True, "valign": "vcenter"},
    "optional": {"bold": True, "border": 1, "bg_color": "#DCE9F7", "text_wrap": True, "valign": "vcenter"},
    "cell": {"text_wrap": True, "valign": "top", "border": 1},
    # Identifiers keep their zeros and all their digits only as text.
    "text": {"num_format": "@"},
    "day": {"num_format": "yyyy-mm-dd"},
    "plain": {},
}


def template(source: str, lang: str = "zh") -> bytes:
    """The bytes of the template of a source, in Chinese or English; raises UserError for one unknown."""
    if source not in CONTRACTS:
        raise UserError(
            f"没有数据来源「{source}」；可用的有：{'、'.join(CONTRACTS)}。",
            f"There is no source “{source}”; known are: {', '.join(CONTRACTS)}.",
            EXIT_USAGE,
        )
    contract = CONTRACTS[source]
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"title": _words(contract, lang), "created": _MADE})
        formats = {name: book.add_format(form) for name, form in _FORMATS.items()}
        _sheet(book.add_worksheet(_words(contract, lang)), contract, lang, formats)
        _notes(book.add_worksheet("填写说明" if lang == "zh" else "Notes"), contract, lang, formats)
    return out.getvalue()


def header(column: Column, lang: str) -> str:
    """How the template heads a column: a star where it is required, the unit of money behind."""
    unit = "" if column.type != "money" else f"（{MONEY_UNIT}）" if lang == "zh" else f" ({MONEY_UNIT})"
    return ("*" if column.required else "") + _words(column, lang) + unit


def words(column: Column, lang: str) -> list[str]:
    """The values of a drop-down list; empty for a column that has none."""
    if column.type == "bool":
        return ["是", "否"] if lang == "zh" else ["yes", "no"]
    return [_word(value, lang) for value in column.values]


def hint(column: Column, lang: str) -> str:
    """What a cell of the column may hold, in a sentence or two."""
    zh = lang == "zh"
    said = []
    if column.required:
        said.append("必填" if zh else "Required")
    said.append(_kind(column, zh))
    if note := column.note_zh if zh else column.note_en:
        said.append(note.rstrip("。."))
    if column.default and not column.default.startswith("="):
        fallback = next((_word(v, lang) for v in column.values if v.stored == column.default), column.default)
        said.append(f"空白按「{fallback}」" if zh else f"Empty means {fallback}")
    return "".join(f"{text}。" for text in said) if zh else ". ".join(said) + "."


def _kind(column: Column, zh: bool) -> str:
    month = "只知月份可写 2019-01" if zh else "or 2019-01 where only the month is known"
    kinds = {
        "text": (f"文字，不超过 {column.limit} 字", f"Text, at most {column.limit} characters"),
        "code": ("编号", "An identifier"),
        "region": ("县（市、区）名称或六位代码，本级写「昆明市本级」", "Name or code of the place"),
        "date": ("日期，如 2019-01-05", "A date such as 2019-01-05"),
        "int": ("整数", "A whole number"),
        "money": (f"数字，单位{MONEY_UNIT}", f"A number in {MONEY_UNIT} (10,000 yuan)"),
        "bool": ("是或否", "Yes or no"),
        "enum": ("从下拉列表中选择", "Choose from the list"),
    }
    found = kinds[column.type][0 if zh else 1]
    if column.quarter:
        return "季度" if zh else "A quarter"
    if column.whole_month:
        return "月份，如 2019-01" if zh else "A month such as 2019-01"
    return f"{found}{'，' if zh else ', '}{month}" if column.month_form else found


def _sheet(sheet: Any, contract: Contract, lang: str, formats: dict[str, Any]) -> None:
    """The sheet to be filled in."""
    zh = lang == "zh"
    name = _words(contract, lang)
    sheet.write_string(0, 0, f"{name}报送表" if zh else f"{name}: report", formats["title"])
    notice = contract.notice_zh if zh else contract.notice_en
    sheet.write_string(1, 0, notice or _rule_of_all(zh), formats["notice"])
    sheet.set_row(HEADER_ROW - 1, 2 * _LINE_POINTS)
    lines = 1
    for place, column in enumerate(contract.columns):
        explained, example = hint(column, lang), _example(column, lang)
        if place == 0:
            explained = ("说明：" if zh else "Note: ") + explained
            example = ("示例：" if zh else "Example: ") + example
        head = header(column, lang)
        sheet.write_string(2, place, explained, formats["hint"])
        sheet.write_string(3, place, example, formats["example"])
        sheet.write_string(
            HEADER_ROW - 1, place, head, formats["required" if column.required else "optional"]
        )
        width = min(_WIDEST, max(_NARROWEST, _width(head) + 2, _width(example) + 2))
        lines = max(lines, _lines(explained, width))
        sheet.set_column(place, place, width, formats[_cell_format(column)])
        sheet.data_validation(HEADER_ROW, place, HEADER_ROW + DATA_ROWS - 1, place, _validation(column, lang))
    sheet.set_row(2, lines * _LINE_POINTS)
    sheet.freeze_panes(HEADER_ROW, 1)
    sheet.set_landscape()
    sheet.set_paper(8)
    sheet.repeat_rows(HEADER_ROW - 1)


def _notes(sheet: Any, contract: Contract, lang: str, formats: dict[str, Any]) -> None:
    """The sheet that describes the columns."""
    zh = lang == "zh"
    lines: list[tuple[str, Callable[[Column], str], int]] = [
        ("列" if zh else "Column", lambda column: header(column, lang), 24),
        ("要求" if zh else "What to write", lambda column: hint(column, lang), 50),
        ("可填的值" if zh else "Allowed values", lambda column: "、".join(words(column, lang)), 50),
        ("示例" if zh else "Example", lambda column: _example(column, lang), 24),
        (
            "也认得的表头" if zh else "Other headers",
            lambda column: "、".join((column.name, *column.aliases)),
            50,
        ),
    ]
    rules = _how_to(contract, zh)
    for row, text in enumerate(rules):
        sheet.write_string(row, 0, text, formats["notice" if row == 0 else "plain"])
    for place, (head, _, width) in enumerate(lines):
        sheet.set_column(place, place, width)
        sheet.write_string(len(rules) + 1, place, head, formats["optional"])
    for row, column in enumerate(contract.columns, start=len(rules) + 2):
        # Programs fit the height of a row to its text only after somebody edits it.
        sheet.set_row(row, _LINE_POINTS * max(_lines(text_of(column), width) for _, text_of, width in lines))
        for place, (_, text_of, _) in enumerate(lines):
            sheet.write_string(row, place, text_of(column), formats["cell"])
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _rule_of_all(zh: bool) -> str:
    if zh:
        return "自然人的姓名、身份证号码、手机号码和信访内容不得填写。"
    return "Never enter names, identity or telephone numbers of persons, or the text of petitions."


def _how_to(contract: Contract, zh: bool) -> list[str]:
    first = HEADER_ROW + 1
    if zh:
        found = [
            contract.notice_zh or _rule_of_all(zh),
            f"从第 {first} 行起逐行填写，以上各行不会作为数据导入；不要合并单元格，不要改动表头。",
            "带 * 的列必填；其余各列可以空白，空白表示未知。不用的列可以整列删去，列的顺序不限。",
        ]
    else:
        found = [
            contract.notice_en or _rule_of_all(zh),
            f"Fill in from row {first}, nothing above it is read as data. Merge no cells, keep the headers.",
            "Columns with a star are required; any other cell may stay empty, which means unknown.",
        ]
    return found


def _validation(column: Column, lang: str) -> dict[str, Any]:
    """The hint that shows at a cell, with a list where only certain words are understood."""
    title, message = _words(column, lang)[:_LONGEST_TITLE], hint(column, lang)[:_LONGEST_MESSAGE]
    said: dict[str, Any] = {"validate": "any", "input_title": title, "input_message": message}
    if options := words(column, lang):
        said |= {"validate": "list", "source": options}
    elif column.type == "date" and not (column.month_form or column.whole_month):
        said |= {"validate": "date", "criteria": "between", "minimum": _FIRST_DAY, "maximum": _LAST_DAY}
    elif column.type == "int":
        said |= {"validate": "integer", "criteria": "between"}
        said |= {"minimum": column.minimum or 0, "maximum": column.maximum or 10**9}
    elif column.type == "money":
        said |= {"validate": "decimal", "criteria": ">=", "value": 0}
    if said["validate"] != "any":
        said["error_message"] = message
    return said


def _example(column: Column, lang: str) -> str:
    if lang == "zh":
        return column.example
    if column.type == "bool":
        return words(column, lang)[0]
    spellings = {word: v for v in column.values for word in (str(v.stored), *v.aliases)}
    return _word(spellings[column.example], lang) if column.example in spellings else column.example


def _word(value: Value, lang: str) -> str:
    return value.word if lang == "zh" else value.en


def _words(named: Column | Contract, lang: str) -> str:
    return named.zh if lang == "zh" else named.en


def _cell_format(column: Column) -> str:
    if column.type == "date":
        # A month typed into a cell for days would become its first day.
        return "text" if column.whole_month else "day"
    return "text" if column.type in ("code", "region", "text") else "plain"


def _lines(text: str, width: int) -> int:
    """Lines a text takes in a column, with some room for words that do not break."""
    return max(1, math.ceil(_width(text) * 1.1 / width))


def _width(text: str) -> int:
    """Columns of a fixed-width font: a Chinese character takes two."""
    return sum(2 if ord(character) > 255 else 1 for character in text)
