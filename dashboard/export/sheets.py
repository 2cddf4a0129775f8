"""A card's table as CSV and XLSX: lines on top that say what it is, then heading and rows.

Numbers and dates stay what they are. Text that a spreadsheet would take for a formula gets an apostrophe, in
both kinds of file: an XLSX cell of text is safe until somebody saves it as CSV. `mask` sweeps every text.
"""

import csv
import io
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import xlsxwriter

from dashboard.table import Table, Value, in_file_rows

# Full-width signs too: some spreadsheets read them as the plain ones.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BOM = "\ufeff"
_WIDEST, _NARROWEST = 42, 8
_NUMBER_SHOWN = "#,##0.######"
_DATE_SHOWN = "yyyy-mm-dd"


@dataclass(frozen=True)
class Sheet:
    """What a file says: pairs of a word and its fact on top, the table, and the function that sweeps text."""

    facts: Sequence[tuple[str, str]]
    table: Table
    mask: Callable[[str], str]

    def cell(self, value: Value) -> Value:
        """Return a value as a file may hold it."""
        if isinstance(value, float) and not math.isfinite(value):
            return ""
        return safe(self.mask(value)) if isinstance(value, str) else value


def safe(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return (
        f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) or text.startswith(FORMULA_STARTS) else text
    )


def to_csv(sheet: Sheet) -> bytes:
    """Return the sheet as CSV: UTF-8 with a byte order mark (Excel asks for it), CRLF."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerows([sheet.cell(word), sheet.cell(fact)] for word, fact in sheet.facts)
    writer.writerow([])
    writer.writerow([sheet.cell(column.label) for column in sheet.table.columns])
    for row in in_file_rows(sheet.table):
        cells = [sheet.cell(value) for value in row]
        writer.writerow([cell.isoformat() if isinstance(cell, date) else cell for cell in cells])
    return (BOM + stream.getvalue()).encode()


def to_xlsx(sheet: Sheet) -> bytes:
    """Return the sheet as XLSX, heading frozen, columns as wide as their words."""
    stream = io.BytesIO()
    # Words are written as words: never as formulas, links or numbers.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(stream, {**options, "strings_to_numbers": False})
    page = book.add_worksheet()
    bold, plain = book.add_format({"bold": True}), book.add_format({"text_wrap": False})
    number, day = book.add_format({"num_format": _NUMBER_SHOWN}), book.add_format({"num_format": _DATE_SHOWN})
    for line, (word, fact) in enumerate(sheet.facts):
        page.write_string(line, 0, str(sheet.cell(word)), bold)
        page.write_string(line, 1, str(sheet.cell(fact)), plain)
    top = len(sheet.facts) + 1
    for index, column in enumerate(sheet.table.columns):
        page.write_string(top, index, str(sheet.cell(column.label)), bold)
    rows = [[sheet.cell(value) for value in row] for row in in_file_rows(sheet.table)]
    for line, row in enumerate(rows, start=top + 1):
        for index, cell in enumerate(row):
            if isinstance(cell, date):
                page.write_datetime(line, index, cell, day)
            elif isinstance(cell, int | float):
                page.write_number(line, index, cell, number)
            elif cell:
                page.write_string(line, index, str(cell), plain)
    for index, column in enumerate(sheet.table.columns):
        words = [column.label, *(str(row[index]) for row in rows)]
        page.set_column(index, index, min(max(max(map(_width, words)) + 2, _NARROWEST), _WIDEST))
    page.freeze_panes(top + 1, 1)
    book.close()
    return stream.getvalue()


def _width(words: str) -> int:
    """How many Latin characters wide a text is; a Chinese one counts two."""
    return sum(1 if character.isascii() else 2 for character in words)
