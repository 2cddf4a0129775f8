"""The cells of a file as a relation: `row`, `broken`, `rest`, and one text column per target (`t_<target>`).

`rest` says whether a row has anything in columns that are not stored: it counts as a row then.

Two roads with equal results. The fast one lets the engine read the file strictly; where the text
is irregular or the engine refuses it, the tolerant one splits it here, names broken rows and keeps
the row numbers of a spreadsheet. Next: `statement`, which validates the relation.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from pipelines.ingest.layout import Layout
from pipelines.ingest.text import TextFile
from pipelines.sqltext import parquet, quoted

# A quotation mark still open after so many lines was never meant to be one.
_LONGEST_CELL = 100


def fast_relation(text: TextFile, layout: Layout) -> str:
    """The relation read by the engine, strictly: any ragged row raises `duckdb.Error` when it runs."""
    header = layout.header
    columns = ", ".join(f"'h{n}': 'varchar'" for n in range(len(header.cells)))
    picked = [f"h{n} as t_{target}" for n, target in enumerate(layout.targets) if target]
    others = ", ".join(f"h{n}" for n, target in enumerate(layout.targets) if not target)
    rest = f"concat({others})" if others else "cast(null as varchar)"
    return f"""select row_number() over () + {header.row} as row, cast(null as varchar) as broken,
        {", ".join([f"{rest} as rest", *picked, *_constants(layout)])}
    from read_csv({quoted(str(text.utf8))}, auto_detect = false, header = true, columns = {{{columns}}},
        delim = {quoted(header.delimiter)}, quote = '"', escape = '"', strict_mode = true,
        skip = {header.row - 1}, null_padding = false, ignore_errors = false, nullstr = '')"""


def tolerant_relation(text: TextFile, layout: Layout, scratch: Path) -> str:
    """The relation split here: written into `scratch` as a well-formed file, read back by the engine.

    Workbooks and Parquet files have been written in this form before (see `look.ready`).
    """
    wanted = [f"t_{target}" for target in layout.targets if target]
    columns = ", ".join(wanted + _constants(layout))
    if text.kind == "parquet":
        return f"select row, broken, rest, {columns} from {parquet([text.utf8])}"
    target = text.utf8
    if text.kind == "text":
        target = scratch / "records.csv"
        write_records(target, records(text, layout), layout)
    types = ", ".join(f"'{name}': 'varchar'" for name in wanted)
    return f"""select row, broken, 'x' as rest, {columns}
    from read_csv({quoted(str(target))}, auto_detect = false, header = false, delim = ',', quote = '"',
        escape = '"', nullstr = '', max_line_size = {_line_limit(target)},
        columns = {{'row': 'bigint', 'broken': 'varchar'{", " if types else ""}{types}}})"""


def write_records(target: Path, found: Iterable[Record], layout: Layout) -> None:
    """Write the cells that are stored, with row number and what is broken, as a well-formed file."""
    wanted = [n for n, name in enumerate(layout.targets) if name]
    with target.open("w", encoding="utf-8", errors="replace", newline="") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for record in found:
            cells = ["" for _ in wanted] if record.broken else [record.cells[n] for n in wanted]
            writer.writerow([record.row, record.broken, *cells])


def _constants(layout: Layout) -> list[str]:
    return [f"{quoted(value)} as t_{target}" for target, value in layout.constants.items()]


def _line_limit(path: Path) -> int:
    """No line is longer than the file; the engine wants some room above its default."""
    return max(2_097_152, path.stat().st_size + 1)


class Record(NamedTuple):
    """One row: its spreadsheet number, its cells, and what is broken ("" or "rule|value|detail")."""

    row: int
    cells: list[str]
    broken: str


def records(text: TextFile, layout: Layout) -> Iterator[Record]:
    """Every row below the header that is not blank; broken rows carry no cells that could be misread."""
    width = len(layout.header.cells)
    with text.utf8.open(encoding="utf-8-sig", errors="replace") as handle:
        for row, (cells, closed) in enumerate(split_text(handle, layout.header.delimiter), start=1):
            if row <= layout.header.row:
                continue
            while len(cells) > width and not cells[-1].strip():
                cells.pop()
            if not closed:
                yield Record(row, cells, "quote_unclosed||")
            elif not any(cell.strip() for cell in cells):
                continue
            elif len(cells) != width:
                yield Record(row, cells, f"ragged_row|{len(cells)}|{width}")
            else:
                yield Record(row, cells, "")


def split_text(handle: Iterable[str], delimiter: str) -> Iterator[tuple[list[str], bool]]:
    """The cells of each record, and whether its quotation marks were closed."""
    source = iter(handle)
    waiting: deque[str] = deque()

    def take() -> str | None:
        if waiting:
            return waiting.popleft()
        line = next(source, None)
        return None if line is None else line.removesuffix("\n").replace("\x00", "\ufffd")

    while (line := take()) is not None:
        if '"' not in line:
            yield line.split(delimiter), True
            continue
        cells, closed = split_record(line, delimiter)
        taken = [line]
        while not closed and len(taken) < _LONGEST_CELL and (following := take()) is not None:
            taken.append(following)
            if '"' in following:
                cells, closed = split_record("\n".join(taken), delimiter)
        if not closed:
            # The mark was a slip: the lines after it are rows of their own.
            waiting.extendleft(reversed(taken[1:]))
            cells, _ = split_record(line, delimiter)
        yield cells, closed


def split_record(text: str, delimiter: str) -> tuple[list[str], bool]:
    """The cells of a record and whether its last quotation mark was closed.

    A mark opens a cell only as its first character, two within it are one, and what follows a
    closing mark up to the separator belongs to the cell.
    """
    cells: list[str] = []
    start = 0
    while True:
        if not text.startswith('"', start):
            end = text.find(delimiter, start)
            if end < 0:
                return [*cells, text[start:]], True
            cells.append(text[start:end])
            start = end + 1
            continue
        parts: list[str] = []
        place = start + 1
        while True:
            mark = text.find('"', place)
            if mark < 0:
                return [*cells, "".join(parts) + text[place:]], False
            parts.append(text[place:mark])
            if not text.startswith('"', mark + 1):
                break
            parts.append('"')
            place = mark + 2
        end = text.find(delimiter, mark + 1)
        if end < 0:
            return [*cells, "".join(parts) + text[mark + 1 :]], True
        cells.append("".join(parts) + text[mark + 1 : end])
        start = end + 1
