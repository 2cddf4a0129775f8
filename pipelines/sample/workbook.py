"""One XLSX file written as a department would: title, remark, header in one or two rows, dates as dates.

The same rows give the same bytes anywhere: the day of making is fixed, and the archive is stored unpacked,
because what a packer makes of the same text differs from version to version of it.
"""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from pipelines.contracts import CONTRACTS
from pipelines.sample.dress import Places, Sheet, Style

MADE = datetime(2025, 12, 31)
FIRST_SERIAL = date(1899, 12, 30)  # day 0 of a spreadsheet


class WorkbookSheet(Sheet):
    """A worksheet being written; `rows` counts its data rows, `above` those up to the header."""

    def __init__(
        self, path: Path, source: str, style: Style, columns: tuple[str, ...], places: Places
    ) -> None:
        self._target, self._buffer = path, io.BytesIO()
        self._book = xlsxwriter.Workbook(self._buffer, {"in_memory": True})
        self._book.set_properties({"created": MADE})
        self._sheet = self._book.add_worksheet(CONTRACTS[source].zh)
        self._date = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._bold = self._book.add_format({"bold": True, "align": "center"})
        super().__init__(path, source, style, columns, places)

    def __exit__(self, *_: object) -> None:
        self._book.close()
        with (
            zipfile.ZipFile(self._buffer) as packed,
            zipfile.ZipFile(self._target, "w", zipfile.ZIP_STORED) as archive,
        ):
            for name in packed.namelist():
                archive.writestr(zipfile.ZipInfo(name), packed.read(name))

    def _begin(self) -> None:
        width, title = len(self.columns), self.style.title
        self._sheet.merge_range(0, 0, 0, width - 1, title, self._bold)
        self._sheet.write_string(1, 0, "演示数据(虚构)")
        self.above = 3
        headers = self._headers()
        if self.style.groups:
            self.above = 4
            headers = self._group_row(headers)
        self._sheet.write_row(self.above - 1, 0, headers, self._bold)

    def _group_row(self, headers: list[str]) -> list[str]:
        """Writes the upper of two header rows: groups over their columns, other headers over both rows.
        Gives the lower one."""
        lower = []
        place = 0
        while place < len(headers):
            group = next((g for g in self.style.groups if headers[place].startswith(g)), "")
            last = place
            while group and last + 1 < len(headers) and headers[last + 1].startswith(group):
                last += 1
            if last > place:
                self._sheet.merge_range(2, place, 2, last, group, self._bold)
                lower += [header.removeprefix(group) for header in headers[place : last + 1]]
            else:
                self._sheet.merge_range(2, place, 3, place, headers[place], self._bold)
                lower.append("")
            place = last + 1
        return lower

    def _put(self, texts: pl.DataFrame) -> None:
        for number, row in enumerate(texts.iter_rows()):
            self._row(self.above + self.rows + number, row)

    def _put_line(self, cells: list[str]) -> None:
        self._row(self.above + self.rows, cells)

    def _row(self, line: int, cells: Any) -> None:
        for place, (name, text) in enumerate(zip(self.columns, cells, strict=True)):
            if text:
                self._cell_at(line, place, name, text)

    def _cell_at(self, line: int, place: int, name: str, text: str) -> None:
        """Dates as dates or bare numbers, numbers as numbers or texts; what is neither as it stands."""
        column = CONTRACTS[self.source].by_name.get(name)
        kind = column.type if column is not None and not column.quarter else "text"
        number = self.style.numbers == "number" and (kind in ("int", "money", "region"))
        try:
            if kind == "date":
                day = date.fromisoformat(text)
                if self.style.dates == "serial":
                    self._sheet.write_number(line, place, (day - FIRST_SERIAL).days)
                else:
                    self._sheet.write_datetime(
                        line, place, datetime.combine(day, datetime.min.time()), self._date
                    )
            elif number:
                self._sheet.write_number(line, place, float(text))
            else:
                self._sheet.write_string(line, place, text)
        except ValueError:
            self._sheet.write_string(line, place, text)
