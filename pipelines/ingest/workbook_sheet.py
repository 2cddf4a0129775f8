"""The rows of a worksheet as texts, streamed: one row in memory at a time.

Rows keep the numbers of the spreadsheet, cells their columns; what is merged is known once the
sheet was read to its end. Next: `look`, which finds the sheet and its header.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipelines.contracts.limits import LIMITS
from pipelines.ingest.kind import Unreadable
from pipelines.ingest.workbook import CHUNK, CORRUPT, SheetPart, Workbook, local, new_parser
from pipelines.ingest.workbook_cells import PLAIN, Form, iso_text, number_text, serial_text, unescaped

_LETTERS = re.compile("[A-Z]{1,3}")
_RANGE = re.compile("([A-Z]+)([0-9]+)(?::([A-Z]+)([0-9]+))?")
_BASE = ord("A") - 1
_MOST_KNOWN = 50_000


class Row(NamedTuple):
    """A row: its number, its cells from column A, and whether there is anything further right."""

    number: int
    cells: list[str]
    more: bool


class Merge(NamedTuple):
    """A merged range; rows as numbered, columns from 0, all inclusive."""

    ref: str
    top: int
    bottom: int
    left: int
    right: int


class Sheet:
    """A worksheet of a workbook; `merged` is complete after `rows` came to an end."""

    def __init__(self, book: Workbook, part: SheetPart) -> None:
        self.book, self.part = book, part
        self.merged: list[Merge] = []

    @property
    def name(self) -> str:
        """What the sheet is called."""
        return self.part.name

    def rows(self, width: int = LIMITS.columns, dates: frozenset[int] = frozenset()) -> Iterator[Row]:
        """Every row the sheet has, with the cells of the first `width` columns.

        A bare number in one of the columns `dates` is a date. Raises Unreadable for damage and for
        more rows than a spreadsheet can have.
        """
        self.merged = []
        reading = _Reading(self, width, dates)
        parser = new_parser()
        parser.StartElementHandler = reading.begin
        parser.EndElementHandler = reading.end
        parser.CharacterDataHandler = reading.characters
        with self.book.part(self.part.part) as stream:
            while chunk := stream.read(CHUNK):
                parser.Parse(chunk, False)
                if sum(map(len, reading.pieces)) > LIMITS.cell_characters:
                    raise CORRUPT
                yield from reading.take()
            parser.Parse(b"", True)
        yield from reading.take()


class _Reading:
    """What the parser calls, an element at a time: some twenty million times for a million rows."""

    def __init__(self, sheet: Sheet, width: int, dates: frozenset[int]) -> None:
        self.texts, self.forms, self.merged = sheet.book.texts, sheet.book.forms, sheet.merged
        self.calendar_1904 = sheet.book.calendar_1904
        self.width, self.dates = width, dates
        self.pieces: list[str] = []
        self.done: list[Row] = []
        self.number, self.column, self.more = 0, -1, False
        self.cells: list[str] = []
        self.kind: str | None = None
        self.inside = self.aside = False
        self._columns: dict[str, int] = {}
        # By style: the form of its numbers and the texts met so far, since few dates fill many cells.
        self._styles: dict[str | None, tuple[Form, dict[str, str]]] = {}
        self.form, self.known = self._style(None)

    def take(self) -> list[Row]:
        """The rows finished since the last call."""
        found, self.done = self.done, []
        return found

    def characters(self, data: str) -> None:
        if self.inside:
            self.pieces.append(data)

    def begin(self, name: str, said: dict[str, str]) -> None:
        if ":" in name:
            name = local(name)
        if name == "c":
            self.kind = said.get("t")
            style = said.get("s")
            self.form, self.known = self._styles.get(style) or self._style(style)
            ref = said.get("r")
            self.column = self.column + 1 if ref is None else self._column(ref)
        elif name == "v":
            self.inside = True
        elif name == "t":
            self.inside = not self.aside
        elif name == "row":
            self._begin_row(said.get("r"))
        elif name == "rPh":
            self.aside = True
        elif name == "mergeCell":
            self.merged.append(_merge(said.get("ref", "")))

    def end(self, name: str) -> None:
        if ":" in name:
            name = local(name)
        if name == "v" or name == "t":
            self.inside = False
        elif name == "c":
            if self.pieces:
                self._cell("".join(self.pieces))
                self.pieces.clear()
        elif name == "row":
            self.done.append(Row(self.number, self.cells, self.more))
        elif name == "rPh":
            self.aside = False

    def _begin_row(self, number: str | None) -> None:
        found = self.number + 1 if number is None else int(number)
        if found <= self.number:
            raise CORRUPT
        if found > LIMITS.rows:
            raise Unreadable("too_many_rows", detail=f"{LIMITS.rows:,}")
        self.number, self.column, self.more, self.cells = found, -1, False, []

    def _cell(self, raw: str) -> None:
        if self.kind is None or self.kind == "n":
            text = self.known.get(raw) or self._number(raw)
            if self.column in self.dates and self.form is PLAIN:
                text = serial_text(text, self.calendar_1904)
        else:
            text = self._text(raw)
        if self.column >= self.width:
            self.more = self.more or text.strip() != ""
            return
        missing = self.column - len(self.cells)
        if missing:
            if missing < 0:  # cells out of order
                self.cells[self.column] = text
                return
            self.cells.extend([""] * missing)
        self.cells.append(text)

    def _number(self, raw: str) -> str:
        text = number_text(raw, self.form, self.calendar_1904)
        if len(self.known) < _MOST_KNOWN:
            self.known[raw] = text
        return text

    def _text(self, raw: str) -> str:
        """The text of a cell that is no number."""
        if self.kind == "s":
            place = int(raw)
            if not 0 <= place < len(self.texts):
                raise CORRUPT
            return self.texts[place]
        if self.kind == "b":
            return "TRUE" if raw.strip() in ("1", "true") else "FALSE"
        return iso_text(raw) if self.kind == "d" else unescaped(raw)

    def _style(self, style: str | None) -> tuple[Form, dict[str, str]]:
        place = int(style or 0)
        form = self.forms[place] if style is not None and 0 <= place < len(self.forms) else PLAIN
        self._styles[style] = form, {}
        return self._styles[style]

    def _column(self, ref: str) -> int:
        letters = ref.rstrip("0123456789")
        found = self._columns.get(letters)
        if found is None:
            found = self._columns[letters] = column_number(letters)
        return found


def column_number(letters: str) -> int:
    """The number of a column from 0: A is 0, XFD the last."""
    if not _LETTERS.fullmatch(letters):
        raise CORRUPT
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - _BASE
    if number > LIMITS.columns:
        raise CORRUPT
    return number - 1


def _merge(ref: str) -> Merge:
    found = _RANGE.fullmatch(ref)
    if found is None:
        raise CORRUPT
    left, top, right, bottom = found.groups()
    last = column_number(right or left)
    return Merge(ref, int(top), int(bottom or top), column_number(left), last)
