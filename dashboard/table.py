"""A table as a card needs it: shown under the chart, and written to files with numbers as numbers.

`Table` holds columns and rows of cells; `html` is the twin on the page, `export/sheets.py` writes the files.
`number`, `change`, `place` and `code` make the cells that most tables want.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboard import markup
from dashboard.i18n import Text

Value = float | int | str | date | None


@dataclass(frozen=True)
class Column:
    """One column: its heading with the unit, whether it holds numbers, and whether only files have it."""

    label: str
    numeric: bool = False
    file_only: bool = False


@dataclass(frozen=True)
class Cell:
    """What stands on screen, and what a file holds instead (None: the same words).

    `html` is ready HTML for the screen (a link, a strip); `shown` still says the same in words.
    """

    shown: str
    value: Value = None
    html: str = ""


@dataclass(frozen=True)
class Table:
    """A table with its caption; a bare string is a cell that is the same everywhere.

    `shown` is how many rows stand on screen, files hold all of them (None: all here too).
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell | str, ...], ...]
    name: str = ""
    shown: int | None = None


def number(text: Text, row: Mapping[str, Any], column: str = "value") -> Cell:
    """Return an indicator's value: rounded with its mark on screen, as it is in files."""
    return Cell(text.value(row, column), row[column])


def change(text: Text, row: Mapping[str, Any], column: str) -> Cell:
    """Return a signed difference in words on screen, as a number in files."""
    return Cell(text.change(row, column), row[column])


def place(text: Text, row: Mapping[str, Any], address: str = "") -> Cell:
    """Return a region: short on screen, a link where there is an address, in full in files."""
    shown = text.place(row)
    return Cell(shown, text.of(row, "name"), markup.link(shown, address) if address else "")


def code(row: Mapping[str, Any]) -> str:
    """Return the code of a region as files may show it; for a column with `file_only`."""
    return str(row["label_id"])


def html(table: Table) -> str:
    """Return the table as HTML."""
    shown = [index for index, column in enumerate(table.columns) if not column.file_only]
    visible = table.rows[: table.shown]
    raw = {
        place
        for place, index in enumerate(shown)
        if any(isinstance(row[index], Cell) and row[index].html for row in visible)  # type: ignore[union-attr]
    }
    rows = [[_on_screen(row[index], place in raw) for place, index in enumerate(shown)] for row in visible]
    return markup.table(
        [table.columns[index].label for index in shown],
        rows,
        caption=table.caption,
        numeric=[place for place, index in enumerate(shown) if table.columns[index].numeric],
        raw=raw,
        name=table.name,
    )


def _on_screen(cell: Cell | str, raw: bool) -> str:
    words = cell if isinstance(cell, str) else cell.shown
    if not raw:
        return words
    return (cell.html if isinstance(cell, Cell) else "") or markup.escape(words)


def in_file(cell: Cell | str) -> Value:
    """Return what a file holds of a cell."""
    if isinstance(cell, str):
        return cell
    return cell.shown if cell.value is None else cell.value


def in_file_rows(table: Table) -> Sequence[Sequence[Value]]:
    """Return the rows as files hold them."""
    return [[in_file(cell) for cell in row] for row in table.rows]
