"""Workbooks as departments send them, written by XlsxWriter, a library the reader does not use."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from pipelines.contracts import CONTRACTS


@dataclass(frozen=True)
class Formula:
    """A cell with a formula and the value the spreadsheet program last computed."""

    text: str
    value: str | float


@dataclass(frozen=True)
class Shown:
    """A number under a number format."""

    value: float
    form: str


@dataclass(frozen=True)
class Rich:
    """A text of which every piece has its own format."""

    pieces: tuple[str, ...]


Table = Sequence[Sequence[Any]]


def put(book: Any, sheet: Any, row: int, column: int, value: Any) -> None:
    """Write one cell as a person's program would."""
    if isinstance(value, Formula):
        sheet.write_formula(row, column, value.text, None, value.value)
    elif isinstance(value, Shown):
        sheet.write_number(row, column, value.value, book.add_format({"num_format": value.form}))
    elif isinstance(value, Rich):
        bold = book.add_format({"bold": True})
        sheet.write_rich_string(row, column, *(part for text in value.pieces for part in (bold, text)))
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, date | datetime):
        sheet.write_datetime(row, column, value, book.add_format({"num_format": "yyyy/m/d"}))
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    elif value:
        sheet.write_string(row, column, value)


def write_book(
    path: Path,
    sheets: Mapping[str, Table],
    *,
    hidden: Sequence[str] = (),
    merged: Mapping[str, Sequence[str]] = {},
    left: int = 0,
    calendar_1904: bool = False,
) -> Path:
    """The tables as sheets of one workbook, from row 1, `left` columns in; merged ranges by sheet."""
    with xlsxwriter.Workbook(str(path), {"date_1904": calendar_1904}) as book:
        for name, table in sheets.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(table):
                for column, value in enumerate(cells):
                    put(book, sheet, row, left + column, value)
            for ref in merged.get(name, ()):
                # Written afterwards: the library would overwrite the cells otherwise.
                sheet.merge_range(ref, "")
                top = int("".join(filter(str.isdigit, ref.split(":")[0]))) - 1
                for column, value in enumerate(table[top]):
                    put(book, sheet, top, left + column, value)
            if name in hidden:
                sheet.hide()
                if next(iter(sheets)) == name:
                    book.get_worksheet_by_name(name).set_first_sheet()
    return path


def table(source: str, records: Sequence[Mapping[str, Any]], *, chinese: bool = False) -> list[list[Any]]:
    """Header and rows of records; headers are the targets or the Chinese labels."""
    columns = list(dict.fromkeys(name for record in records for name in record))
    known = CONTRACTS[source].by_name
    heads = [known[name].zh if chinese and name in known else name for name in columns]
    return [heads, *([record.get(name, "") for name in columns] for record in records)]


def typed(source: str, record: Mapping[str, Any]) -> dict[str, Any]:
    """The record as a person types it into a spreadsheet: days, numbers, yes and no are what they are."""
    found: dict[str, Any] = {}
    for name, text in record.items():
        column = CONTRACTS[source].by_name.get(name)
        kind = column.type if column else ""
        if kind == "date" and len(text) == 10 and text[4] == "-":
            found[name] = date.fromisoformat(text)
        elif kind in ("int", "money"):
            found[name] = float(text) if "." in text else int(text)
        elif kind == "bool":
            found[name] = text == "是"
        else:
            found[name] = text
    return found


def edited(content: bytes, part: str, old: str, new: str, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The workbook with a text in one of its parts replaced."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as copy:
        for name in archive.namelist():
            data = archive.read(name)
            if name == part:
                assert old.encode() in data
                data = data.replace(old.encode(), new.encode())
            copy.writestr(name, data)
    return out.getvalue()
