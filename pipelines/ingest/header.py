"""Finding the header row: below titles and notices, in one row or in two with merged cells.

The row that fits a contract best is the header; what stands above it is no data. A clean file's
first row fits at once. Next: `layout`, which says what each of its columns is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, zip_longest

from pipelines.contracts.limits import LIMITS
from pipelines.ingest.layout import Header, fit, is_known
from pipelines.ingest.mapping import Mapping
from pipelines.ingest.rows import split_text
from pipelines.ingest.text import TextFile
from pipelines.ingest.workbook_sheet import Sheet

DELIMITERS = ",\t;"
_HEADER_CHARACTERS = 1 << 18

Top = Sequence[tuple[int, Sequence[str]]]
"""The first rows that are not blank: their numbers and cells."""


def text_header(text: TextFile, source: str | None, mapping: Mapping) -> Header:
    """The header of a text file, split by the separator under which it fits best, then has most cells."""
    with text.utf8.open(encoding="utf-8-sig", errors="replace") as handle:
        start = handle.read(_HEADER_CHARACTERS)
        if handle.read(1):  # the last line may be cut
            start = start[: start.rfind("\n") + 1] or start
    found = []
    for delimiter in [mark for mark in DELIMITERS if mark in start] or DELIMITERS[:1]:
        rows = enumerate((cells for cells, _ in split_text(start.split("\n"), delimiter)), start=1)
        header = _best(_first(rows), source, mapping, delimiter)
        found.append((fit(header, source, mapping), len(header.cells), header))
    return max(found, key=lambda item: item[:2])[2]


def sheet_header(sheet: Sheet, source: str | None, mapping: Mapping) -> Header | None:
    """The header of a worksheet; None when nothing stands in it."""
    top = _first((row.number, row.cells) for row in sheet.rows())
    return _best(top, source, mapping, "") if top else None


def _first(rows: Iterator[tuple[int, Sequence[str]]]) -> Top:
    return list(islice(((n, cells) for n, cells in rows if any(map(str.strip, cells))), LIMITS.header_rows))


def _best(top: Top, source: str | None, mapping: Mapping, delimiter: str) -> Header:
    """The first row with all that a source requires, else the best of the others, else the first.

    Two rows make a header where they say more together than the best row alone.
    """

    def fits(header: Header) -> tuple[bool, int]:
        return fit(header, source, mapping)

    def joined(place: int) -> Header:
        upper, lower = top[place][1], top[place + 1][1]
        texts = zip_longest(_spread(upper), upper, lower, fillvalue="")
        return _header(top, place + 1, delimiter, [_name(*three, source, mapping) for three in texts])

    single = [_header(top, place, delimiter, cells) for place, (_, cells) in enumerate(top)]
    if not single:
        return Header(delimiter, ("",), 1)
    best = next((header for header in single if fits(header)[0]), None) or max(single, key=fits)
    neighbours = [
        joined(place)
        for place in range(len(top) - 1)
        if top[place + 1][0] == top[place][0] + 1 and best.row in (top[place][0], top[place + 1][0])
    ]
    return max([best, *neighbours], key=fits)


def _header(top: Top, place: int, delimiter: str, cells: Sequence[str]) -> Header:
    names = [cell.strip() for cell in cells]
    while not delimiter and len(names) > 1 and not names[-1]:  # a sheet is as wide as what is written in it
        names.pop()
    above = tuple(cell.strip() for _, row in top[:place] for cell in row if cell.strip())
    return Header(delimiter, tuple(names), top[place][0], above)


def _name(group: str, upper: str, lower: str, source: str | None, mapping: Mapping) -> str:
    """A column's name from two rows: group and name (登记 + 日期) where that is known, else the lower one."""
    below, both = lower.strip(), group.strip() + lower.strip()
    if below and is_known(both, source, mapping):
        return both
    return below or upper.strip()


def _spread(cells: Sequence[str]) -> list[str]:
    """Each text also over the blanks to its right: the cells it was merged with, or centred across.

    A column that belongs to no group has its name in the upper row, so no other blank has a name below.
    """
    found: list[str] = []
    for cell in cells:
        found.append(cell if cell.strip() or not found else found[-1])
    return found
