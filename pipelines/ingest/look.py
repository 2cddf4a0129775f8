"""A file looked at and made ready: what it is, which sheet and header, its cells as text on disk.

`look` reads no further than it must to say which batch the file would be; `ready` converts a
workbook or Parquet file into the form that `rows` reads. Both refuse with the file's problems.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pipelines.errors import UserError
from pipelines.ingest import parquet_input
from pipelines.ingest.header import sheet_header, text_header
from pipelines.ingest.kind import Unreadable, kind_of
from pipelines.ingest.layout import Header, Layout, Refused, file_problem, fit, recognise
from pipelines.ingest.mapping import Mapping
from pipelines.ingest.report import Problem
from pipelines.ingest.rows import Record, write_records
from pipelines.ingest.text import TextFile, plainly_named, read_text
from pipelines.ingest.workbook import Workbook
from pipelines.ingest.workbook_sheet import Merge, Sheet
from pipelines.workspace import sha256_of

_MOST_NAMED = 5


def look(path: Path, scratch: Path, source: str | None, said: Mapping) -> tuple[TextFile, Layout]:
    """The file and its layout; copies go into the folder `scratch`.

    Raises Refused with the problems of the file as a whole, UserError when it cannot be opened or
    the mapping does not fit.
    """
    try:
        with _refusing(path, source):
            kind = kind_of(path)
            if kind == "workbook":
                return _workbook(path, source, said)
            if kind == "parquet":
                return _parquet(path, scratch, source, said)
        text = read_text(path, scratch)
    except OSError as error:
        raise UserError(
            f"文件 {path} 读不出（{error.strerror}）；请检查路径和权限。",
            f"The file {path} cannot be read ({error.strerror}); check the path and the permissions.",
        ) from error
    if text.empty:
        raise Refused(source, [file_problem(path, "file_empty")])
    header = text_header(text, source, said)
    if any('"' in cell or "\n" in cell for cell in header.above) or (text.quoted and header.row > 1):
        # The engine skips lines, not records: what is quoted above the header could shift it.
        text = replace(text, regular=False)
    return text, recognise(path, header, source, said)


def ready(text: TextFile, layout: Layout, scratch: Path) -> TextFile:
    """The file with its cells on disk as `rows` reads them; raises Refused when damage comes to light."""
    with _refusing(text.path, layout.contract.source):
        if text.kind == "parquet":
            target = scratch / "records.parquet"
            parquet_input.write(text.utf8, target, layout, scratch)
            return replace(text, utf8=target)
        if text.sheet is not None:
            target = scratch / "records.csv"
            write_records(target, _records(text.sheet, layout), layout)
            return replace(text, utf8=target, notes=(*text.notes, *_merged(text, layout)))
    return text


@contextmanager
def _refusing(path: Path, source: str | None) -> Iterator[None]:
    try:
        yield
    except Unreadable as error:
        problem = file_problem(path, error.rule, value=error.value, detail=error.detail)
        raise Refused(source, [problem]) from error


def _workbook(path: Path, source: str | None, said: Mapping) -> tuple[TextFile, Layout]:
    """Read the first visible sheet with a header that is complete, else the first that is not empty."""
    book = Workbook(path)
    sheets = [Sheet(book, part) for part in book.sheets]
    headers = [sheet_header(sheet, source, said) for sheet in sheets]
    filled = [(sheet, header) for sheet, header in zip(sheets, headers, strict=True) if header is not None]
    seen = [(sheet, header) for sheet, header in filled if sheet.part.visible]
    if not seen:
        raise Unreadable("sheet_empty")
    whole = [(sheet, header) for sheet, header in filled if fit(header, source, said)[0]]
    sheet, header = next((item for item in whole if item[0].part.visible), seen[0])
    text = _converted(path, "workbook", _unread(path, sheet, [other for other, _ in whole]))
    return replace(text, sheet=sheet), recognise(path, header, source, said)


def _parquet(path: Path, scratch: Path, source: str | None, said: Mapping) -> tuple[TextFile, Layout]:
    named = plainly_named(path, scratch)
    header = Header("", tuple(parquet_input.names(named, scratch)), 1)
    text = _converted(path, "parquet", ())
    return replace(text, utf8=named), recognise(path, header, source, said)


def _converted(path: Path, kind: str, notes: tuple[Problem, ...]) -> TextFile:
    """A file that is no text: any cell may hold line ends or damage."""
    found = TextFile(path, path, sha256_of(path), kind, False, True, True, False, notes=notes)
    return replace(found, kind="workbook" if kind == "workbook" else "parquet")


def _unread(path: Path, sheet: Sheet, whole: list[Sheet]) -> tuple[Problem, ...]:
    others = [other.name for other in whole if other is not sheet]
    if not others:
        return ()
    return (file_problem(path, "sheet_unread", value=sheet.name, detail="、".join(others)),)


def _records(sheet: Sheet, layout: Layout) -> Iterator[Record]:
    """The rows below the header that are not blank, as wide as the header."""
    width = len(layout.header.cells)
    contract = layout.contract.by_name
    dates = {n for n, name in enumerate(layout.targets) if name in contract and contract[name].type == "date"}
    for row in sheet.rows(width, frozenset(dates)):
        if row.number > layout.header.row and (row.more or any(map(str.strip, row.cells))):
            yield Record(row.number, row.cells + [""] * (width - len(row.cells)), "")


def _merged(text: TextFile, layout: Layout) -> tuple[Problem, ...]:
    """A warning where cells among the data are merged: all but the first were read as empty."""
    assert text.sheet is not None
    used = {n for n, target in enumerate(layout.targets) if target}

    def matters(merge: Merge) -> bool:
        return merge.bottom > layout.header.row and bool(used & set(range(merge.left, merge.right + 1)))

    found = [merge.ref for merge in text.sheet.merged if matters(merge)]
    if not found:
        return ()
    shown = "、".join(found[:_MOST_NAMED]) + ("…" if len(found) > _MOST_NAMED else "")
    return (file_problem(text.path, "cells_merged", value=shown),)
