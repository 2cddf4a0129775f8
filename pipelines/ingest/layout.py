"""From the header row to a layout: which source a file is, and which of its columns is what.

Headers are recognised by the contracts' names and aliases, in any order, or by a mapping file.
Next: `rows`, which reads the cells below.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

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

_RULES = {rule.id: rule for rule in FILE_RULES}
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
    """The header row: separator (none in a sheet), cells, its row in a spreadsheet, the texts above it."""

    delimiter: str
    cells: tuple[str, ...]
    row: int
    above: tuple[str, ...] = ()


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


def file_problem(path: Path, rule: str, *, label: str = "", value: str = "", detail: str = "") -> Problem:
    """A problem of the whole file."""
    found = _RULES[rule]
    zh, en = found.sentence(label, value, detail)
    return Problem(path.name, None, label or None, value or None, rule, found.level, zh, en)


def recognise(path: Path, header: Header, source: str | None, mapping: Mapping) -> Layout:
    """The layout of a file; `source`, else the mapping's, else the one its headers speak of.

    Raises Refused with every problem of the header row, UserError for a mapping that does not fit.
    """
    if secret := [cell for cell in (*header.above, *header.cells) if is_secret(_without_notices(cell))]:
        raise Refused(source, [file_problem(path, "secret_content", value="、".join(secret))])
    layouts = list(_layouts(header, source, mapping))
    layout = layouts[0] if len(layouts) == 1 else _most_fitting(path, layouts, mapping)
    _check_mapping(layout, mapping)
    problems = [file_problem(path, "header_missing", label=column.zh) for column in _missing(layout, mapping)]
    problems = [*_doubled(path, layout), *problems]
    if problems:
        raise Refused(layout.contract.source, problems)
    return layout


def fit(header: Header, source: str | None, mapping: Mapping) -> tuple[bool, int]:
    """How well a row fits as a header: whether a source has all it requires, and columns recognised."""
    return max(_rank(layout, mapping) for layout in _layouts(header, source, mapping))


def is_known(name: str, source: str | None, mapping: Mapping) -> bool:
    """Whether a header means something to the source that was named, else to any."""
    source = source or mapping.source
    text = _plain(name)
    known = {normalise_header(header) for header in mapping.columns}
    return text in known or any(text in _known_headers(s) for s in ([source] if source else CONTRACTS))


def _layouts(header: Header, source: str | None, mapping: Mapping) -> Iterator[Layout]:
    """What the columns are in the source that was named, else in every source."""
    source = source or mapping.source
    if source is not None and source not in CONTRACTS:
        raise UserError(
            f"没有数据来源「{source}」；可用的有：{'、'.join(CONTRACTS)}。",
            f"There is no source “{source}”; known are: {', '.join(CONTRACTS)}.",
            EXIT_USAGE,
        )
    for name in [source] if source else CONTRACTS:
        yield _layout(CONTRACTS[name], header, mapping)


def _without_notices(text: str) -> str:
    """A text without what our own templates say above their header."""
    for contract in CONTRACTS.values():
        for notice in filter(None, (contract.notice_zh, contract.notice_en)):
            text = text.replace(notice, "")
    return text


# A header row is tried against every source, and other rows are tried as headers.
_plain = lru_cache(maxsize=4096)(normalise_header)


@cache
def _known_headers(source: str) -> dict[str, str]:
    contract = CONTRACTS[source]
    return {**contract.bare_parts(), **contract.headers()}


def _layout(contract: Contract, header: Header, mapping: Mapping) -> Layout:
    by_header = {normalise_header(h): target for h, target in mapping.columns.items()}
    said = [by_header.get(_plain(cell)) for cell in header.cells]
    taken = {target for target in said if target} | set(mapping.constants)
    known = _known_headers(contract.source)
    targets: list[str | None] = []
    for cell, target in zip(header.cells, said, strict=True):
        name = _plain(cell)
        found = target if target is not None else known.get(name)
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


def _rank(layout: Layout, mapping: Mapping) -> tuple[bool, int]:
    complete = next(_missing(layout, mapping), None) is None
    return complete, len(set(layout.given) - set(REGION_PARTS) - set(layout.constants))


def _most_fitting(path: Path, layouts: list[Layout], mapping: Mapping) -> Layout:
    """The only layout with all that is required and most recognised, else the best of the others."""
    ranked = sorted(layouts, key=lambda layout: _rank(layout, mapping), reverse=True)
    first, second = _rank(ranked[0], mapping), _rank(ranked[1], mapping)
    if first == second or first[1] < _FEWEST_RECOGNISED:
        found = [h for h, t in zip(ranked[0].header.cells, ranked[0].targets, strict=True) if t]
        detail = "、".join(found) or "—"
        raise Refused(None, [file_problem(path, "source_unknown", detail=detail)])
    return ranked[0]


def _doubled(path: Path, layout: Layout) -> Iterable[Problem]:
    for target in dict.fromkeys(target for target in layout.targets if target):
        headers = [h for h, t in zip(layout.header.cells, layout.targets, strict=True) if t == target]
        if len(headers) > 1:
            label = label_of(layout.contract, target)
            yield file_problem(path, "header_duplicate", label=label, value="、".join(headers))


def _missing(layout: Layout, mapping: Mapping) -> Iterator[Column]:
    """The required columns the file has not."""
    for column in layout.contract.columns:
        found = texts_of(column, layout.given)
        parts = {date_part(column.name, "year"), date_part(column.name, "month")}
        enough = bool(found) if column.type == "region" else column.name in found or parts <= set(found)
        if column.type == "region" and mapping.region_when_empty:
            enough = True
        if column.required and not enough:
            yield column


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
