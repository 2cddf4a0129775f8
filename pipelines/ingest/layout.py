"""From the header row to a layout: which source a file is, and which of its columns is what.

Headers are recognised by the contracts' names and aliases, in any order, or by a mapping file.
Next: `rows`, which reads the cells below.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.contracts import CONTRACTS, FILE_RULES, Column, Contract
from pipelines.contracts.base import (
    MONEY_UNITS,
    REGION_PARTS,
    date_part,
    header_unit,
    is_secret,
    normalise_header,
)
from pipelines.errors import EXIT_USAGE, UserError
from pipelines.ingest.mapping import Mapping
from pipelines.ingest.report import Problem
from pipelines.ingest.text import TextFile

DELIMITERS = ",\t;"
_RULES = {rule.id: rule for rule in FILE_RULES}
_HEADER_CHARACTERS = 1 << 16
# Headers beside the region that must be known before a file is said to be of a source.
_FEWEST_RECOGNISED = 2


class Refused(Exception):
    """The file cannot be read at all; the arguments are the problems."""

    def __init__(self, source: str | None, problems: Iterable[Problem]) -> None:
        super().__init__(source)
        self.source = source
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Header:
    """The header row: separator, cells, and the spreadsheet row it stands in."""

    delimiter: str
    cells: tuple[str, ...]
    row: int


@dataclass(frozen=True)
class Layout:
    """What each column of a file is.

    `targets` runs beside the header's cells (None: not stored), `constants` adds values the
    mapping gives for every row, `units` holds fen per unit of the money columns.
    """

    contract: Contract
    header: Header
    targets: tuple[str | None, ...]
    constants: dict[str, str]
    units: dict[str, int]

    @property
    def unmapped(self) -> tuple[str, ...]:
        """Headers whose cells are never stored."""
        return tuple(h for h, t in zip(self.header.cells, self.targets, strict=True) if t is None and h)

    @property
    def given(self) -> tuple[str, ...]:
        """Every target there are texts for, the file's first."""
        return (*(target for target in self.targets if target), *self.constants)

    def columns_given(self) -> tuple[str, ...]:
        """The contract's columns the file really gave."""
        return tuple(c.name for c in self.contract.columns if texts_of(c, self.given))

    def header_of(self, target: str) -> str:
        """How the file writes a target; the Chinese label for what it does not have."""
        for header, known in zip(self.header.cells, self.targets, strict=True):
            if known == target:
                return header
        return label_of(self.contract, target)


def texts_of(column: Column, given: Iterable[str]) -> tuple[str, ...]:
    """The targets among `given` that say something about a column."""
    wanted: tuple[str, ...] = (column.name,)
    if column.type == "region":
        wanted = REGION_PARTS
    elif column.month_form:
        wanted = (column.name, date_part(column.name, "year"), date_part(column.name, "month"))
    known = set(given)
    return tuple(target for target in wanted if target in known)


def label_of(contract: Contract, target: str) -> str:
    """The Chinese label of a target."""
    if target in contract.by_name:
        return contract.column(target).zh
    return {"prefecture": "州市", "county": "县（市、区）"}.get(target, target)


def file_problem(text: TextFile, rule: str, *, label: str = "", value: str = "", detail: str = "") -> Problem:
    """A problem of the whole file."""
    found = _RULES[rule]
    zh, en = found.sentence(label, value, detail)
    return Problem(text.path.name, None, label or None, value or None, rule, found.level, zh, en)


def read_header(text: TextFile) -> Header:
    """The first row that is not blank, split by the separator that gives most cells."""
    with text.utf8.open(encoding="utf-8-sig", errors="replace", newline="") as handle:
        start = handle.read(_HEADER_CHARACTERS).replace("\x00", "\ufffd")
    lines = start.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    blank = next((n for n, line in enumerate(lines) if line.strip()), 0)
    body = "\n".join(lines[blank:])
    best: Header | None = None
    for delimiter in DELIMITERS:
        try:
            cells = next(csv.reader(io.StringIO(body), delimiter=delimiter), [])
        except csv.Error:
            cells = [lines[blank]]
        if best is None or len(cells) > len(best.cells):
            best = Header(delimiter, tuple(cell.strip() for cell in cells), blank + 1)
    assert best is not None
    return best


def recognise(text: TextFile, header: Header, source: str | None, mapping: Mapping) -> Layout:
    """The layout of a file; `source`, else the mapping's, else the one its headers speak of.

    Raises Refused with every problem of the header row, UserError for a mapping that does not fit.
    """
    if secret := [cell for cell in header.cells if is_secret(cell)]:
        raise Refused(source, [file_problem(text, "secret_content", value="、".join(secret))])
    source = source or mapping.source
    if source is not None and source not in CONTRACTS:
        raise UserError(
            f"没有数据来源「{source}」；可用的有：{'、'.join(CONTRACTS)}。",
            f"There is no source “{source}”; known are: {', '.join(CONTRACTS)}.",
            EXIT_USAGE,
        )
    layouts = [_layout(CONTRACTS[name], header, mapping) for name in ([source] if source else CONTRACTS)]
    layout = layouts[0] if source else _most_fitting(text, layouts, mapping)
    _check_mapping(layout, mapping)
    problems = [*_doubled(text, layout), *_missing(text, layout, mapping)]
    if problems:
        raise Refused(layout.contract.source, problems)
    return layout


def _layout(contract: Contract, header: Header, mapping: Mapping) -> Layout:
    by_header = {normalise_header(h): target for h, target in mapping.columns.items()}
    said = [by_header.get(normalise_header(cell)) for cell in header.cells]
    taken = {target for target in said if target} | set(mapping.constants)
    known = contract.headers()
    bare = contract.bare_parts()
    targets: list[str | None] = []
    for cell, target in zip(header.cells, said, strict=True):
        name = normalise_header(cell)
        found = target if target is not None else known.get(name) or bare.get(name)
        usable = found if found and (target is not None or found not in taken) else None
        targets.append(usable)
    # 年份 and 月份 side by side are the two halves of the month column itself.
    for column in contract.columns:
        year, month = date_part(column.name, "year"), date_part(column.name, "month")
        if column.month_form and year in targets and column.name in targets and month not in targets:
            targets[targets.index(column.name)] = month
    units = {
        target: MONEY_UNITS[header_unit(cell) or "万元"]
        for cell, target in zip(header.cells, targets, strict=True)
        if target in contract.by_name and contract.column(target or "").type == "money"
    }
    return Layout(contract, header, tuple(targets), dict(mapping.constants), units)


def _most_fitting(text: TextFile, layouts: list[Layout], mapping: Mapping) -> Layout:
    """The only layout with all that is required and most recognised, else the best of the others."""

    def rank(layout: Layout) -> tuple[bool, int]:
        complete = not list(_missing(text, layout, mapping))
        return complete, len(set(layout.given) - set(REGION_PARTS) - set(layout.constants))

    ranked = sorted(layouts, key=rank, reverse=True)
    first, second = rank(ranked[0]), rank(ranked[1])
    if first == second or first[1] < _FEWEST_RECOGNISED:
        found = [h for h, t in zip(ranked[0].header.cells, ranked[0].targets, strict=True) if t]
        detail = "、".join(found) or "—"
        raise Refused(None, [file_problem(text, "source_unknown", detail=detail)])
    return ranked[0]


def _doubled(text: TextFile, layout: Layout) -> Iterable[Problem]:
    for target in dict.fromkeys(target for target in layout.targets if target):
        headers = [h for h, t in zip(layout.header.cells, layout.targets, strict=True) if t == target]
        if len(headers) > 1:
            label = label_of(layout.contract, target)
            yield file_problem(text, "header_duplicate", label=label, value="、".join(headers))


def _missing(text: TextFile, layout: Layout, mapping: Mapping) -> Iterable[Problem]:
    for column in layout.contract.columns:
        found = texts_of(column, layout.given)
        parts = {date_part(column.name, "year"), date_part(column.name, "month")}
        enough = bool(found) if column.type == "region" else column.name in found or parts <= set(found)
        if column.type == "region" and mapping.region_when_empty:
            enough = True
        if column.required and not enough:
            yield file_problem(text, "header_missing", label=column.zh)


def _check_mapping(layout: Layout, mapping: Mapping) -> None:
    """Raise UserError for targets the source does not have and headers the file does not have."""
    contract = layout.contract
    known = {*contract.headers().values(), *contract.bare_parts().values()}
    for target in (*mapping.columns.values(), *mapping.constants):
        if target and target not in known:
            raise UserError(
                f"映射文件 {mapping.path} 中的列「{target}」不属于{contract.zh}；可用的有："
                f"{'、'.join(sorted(known))}。",
                f"The mapping file {mapping.path} names “{target}”, which {contract.source} does not have;"
                f" known are: {', '.join(sorted(known))}.",
            )
    present = {normalise_header(cell) for cell in layout.header.cells}
    for header in mapping.columns:
        if normalise_header(header) not in present:
            raise UserError(
                f"映射文件 {mapping.path} 提到的表头「{header}」在文件中没有；请核对。",
                f"The mapping file {mapping.path} names the header “{header}”, which the file does not have.",
            )
