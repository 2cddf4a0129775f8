"""What is said about a file: its problems, row counts, and the refusal of a whole file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.errors import EXIT_INPUT, UserError

MOST_LISTED = 10_000
"""Problems a report holds in memory; all of them stand in rejects/<batch>/problems.parquet."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: where, what, by which rule, and how to mend it.

    `row` is the row of a spreadsheet (the header is row 1), None for the whole file; `column` the
    header as the file writes it; numbers of persons in `value` are masked.
    """

    file: str
    row: int | None
    column: str | None
    value: str | None
    rule: str
    level: str
    zh: str
    en: str

    def as_dict(self) -> dict[str, Any]:
        """The problem as plain values, for JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True)
class CheckReport:
    """The result of reading a file: rows read = accepted + rejected, always.

    `problems` holds the first `MOST_LISTED`, by row; `problem_counts` counts all, by rule. `sheet` is
    the worksheet that was read ("" where there are none), `header_row` the row its headers stand in.
    """

    file: Path
    source: str | None
    rows_read: int = 0
    rows_accepted: int = 0
    rows_rejected: int = 0
    undated: int = 0
    problems: tuple[Problem, ...] = ()
    problem_counts: Mapping[str, int] = field(default_factory=dict)
    unmapped_headers: tuple[str, ...] = ()
    columns_given: tuple[str, ...] = ()
    sheet: str = ""
    header_row: int = 1

    @property
    def problem_count(self) -> int:
        """How many problems there are in all."""
        return sum(self.problem_counts.values())


@dataclass(frozen=True)
class IngestReport(CheckReport):
    """The same for a file taken into the store as `batch`; nothing changed if it was `already_present`."""

    batch: str = ""
    already_present: bool = False


class FileRefused(UserError):
    """The whole file was refused; `report` lists why."""

    def __init__(self, report: CheckReport) -> None:
        first = report.problems[0]
        more = len(report.problems) - 1
        zh = (
            first.zh
            if not more
            else f"{first.zh.rstrip('。')}（另有 {more} 个问题，用 zhengxin check 查看）。"
        )
        en = first.en if not more else f"{first.en.rstrip('.')} (and {more} more, see zhengxin check)."
        super().__init__(zh, en, EXIT_INPUT)
        self.report = report
