"""From the verdicts of refused rows to problems a person can read, and to the files under `rejects`.

Numbers of persons are masked before anything is written or shown; text that was too long is cut.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.contracts import ROW_RULES, Column, Rule, column_rules
from pipelines.ingest.layout import label_of
from pipelines.ingest.places import SEPARATOR, unit_label
from pipelines.ingest.report import MOST_LISTED, Problem
from pipelines.ingest.stage import Stage
from pipelines.ingest.statement import KEPT
from pipelines.sqltext import parquet, quoted
from pipelines.store.layout import PARQUET

_CHUNK = 20_000
_SHOWN = 200
_SHOWN_OF_TOO_LONG = 20
_ID_NUMBER = re.compile(
    r"(?<!\d)(\d{6})((?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(\d{3}[\dXxＸｘ])(?!\d)"
)
_PHONE = re.compile(r"(?<!\d)([1１][3-9３-９]\d)\d{4}(\d{4})(?!\d)")


def mask(text: str) -> str:
    """The text with identity and telephone numbers made unreadable."""
    return _PHONE.sub(r"\1****\2", _ID_NUMBER.sub(r"\1********\3", text))


@dataclass
class Refused:
    """Gathers the problems of a staged file: the first ones as objects, all of them in files."""

    stage: Stage
    file: str
    problems: list[Problem] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    rejected_rows: int = 0

    def write(self, target: Path) -> None:
        """Go through all refused rows; write problems.parquet and rows.parquet into `target`."""
        target.mkdir(parents=True, exist_ok=True)
        problems = _Writer(target, "problems", _PROBLEM_SCHEMA)
        rows = _Writer(target, "rows", {"row": pl.Int64} | {f"c_{t}": pl.String for t in self._given})
        repeated = {row: (identity, won) for row, identity, won in self.stage.losers}
        for row, verdict, rejected in self._verdicts():
            found = self._problems_of(row, verdict)
            if row in repeated:
                found.append(self._duplicate(row, *repeated.pop(row)))
                rejected = True
            self._note(found, problems)
            if rejected:
                rows.add({"row": row} | self._cells(verdict))
        # Rows without any other problem that gave way to a later one with their id.
        for row, (identity, won) in repeated.items():
            self._note([self._duplicate(row, identity, won)], problems)
            rows.add({"row": row})
        self.rejected_rows = rows.count
        self.problems.sort(key=lambda problem: problem.row or 0)
        for writer in (problems, rows):
            writer.finish(self.stage)

    @property
    def _given(self) -> tuple[str, ...]:
        return self.stage.statement.layout.given

    def _note(self, found: list[Problem], writer: _Writer) -> None:
        for problem in found:
            self.counts[problem.rule] += 1
            if len(self.problems) < MOST_LISTED:
                self.problems.append(problem)
            writer.add(problem.as_dict())

    def _verdicts(self) -> Iterator[tuple[int, list[str | None], bool]]:
        """Row, verdict and whether it was rejected, in the order of the file."""
        selects = []
        for kind in ("warned", "rejected"):
            if (self.stage.folder / "refused" / kind).is_dir():
                files = self.stage.folder / "refused" / kind / "**" / "part-*.parquet"
                selects.append(
                    f"select row, {KEPT} as verdict, {str(kind == 'rejected').lower()} as rejected"
                    f" from {parquet([files])}"
                )
        if not selects:
            return
        cursor = self.stage.con.cursor()
        cursor.execute(f"{' union all '.join(selects)} order by row")
        while batch := cursor.fetchmany(_CHUNK):
            yield from batch

    def _problems_of(self, row: int, verdict: list[str | None]) -> list[Problem]:
        found = []
        for mark in (verdict[0] or "").split(" "):
            _, place, rule_id, *rest = mark.split(":")
            if place == "-1" and not rest:
                found.append(self._broken(row, rule_id))
            else:
                found.append(self._cell(row, verdict, int(place), rule_id, rest))
        return found

    def _broken(self, row: int, said: str) -> Problem:
        rule_id, value, detail = said.split("|")
        rule = next(rule for rule in ROW_RULES if rule.id == rule_id)
        zh, en = rule.sentence("", value, detail)
        return Problem(self.file, row, None, value or None, rule.id, rule.level, zh, en)

    def _duplicate(self, row: int, identity: str, won: str) -> Problem:
        rule = next(rule for rule in ROW_RULES if rule.id == "duplicate_id")
        layout = self.stage.statement.layout
        column = layout.contract.column(layout.contract.key[0])
        header = layout.header_of(self.stage.statement.blamed_target(column))
        value = mask(identity)
        zh, en = rule.sentence(header, value, won)
        return Problem(self.file, row, header, value, rule.id, rule.level, zh, en)

    def _cell(
        self, row: int, verdict: list[str | None], place: int, rule_id: str, rest: list[str]
    ) -> Problem:
        statement = self.stage.statement
        column = statement.layout.contract.column(rest[0])
        rule = self._rule(column, rule_id, rest[1] if len(rest) > 1 else None)
        target = statement.blamed_target(column)
        if column.type == "region":
            value = " ".join(part for part in (verdict[3] or "").split(SEPARATOR) if part)
        else:
            value = self._shown(column, rule_id, verdict[4 + place]) or "" if place >= 0 else ""
        value = value if column.private_exempt else mask(value)
        detail_zh, detail_en = self._detail(column, rule_id, verdict, rest)
        header = statement.layout.header_of(target)
        zh = rule.zh.format(label=header, value=value, detail=detail_zh, limit=column.limit)
        en = rule.en.format(label=header, value=value, detail=detail_en, limit=column.limit)
        return Problem(self.file, row, header, value or None, rule_id, rule.level, zh, en)

    def _rule(self, column: Column, rule_id: str, other: str | None) -> Rule:
        contract = self.stage.statement.layout.contract
        rules = contract.between if other else column_rules(column, contract.bare_prefecture)
        return next(rule for rule in rules if rule.id == rule_id)

    def _detail(
        self, column: Column, rule_id: str, verdict: list[str | None], rest: list[str]
    ) -> tuple[str, str]:
        """What the sentence adds: candidates, allowed values, the other date."""
        statement = self.stage.statement
        contract = statement.layout.contract
        if column.type == "region":
            place = statement.places.known.get(verdict[3] or "")
            candidates = place.candidates if place else ()
            return "、".join(candidates) or "无", ", ".join(candidates) or "none"
        if rule_id == "date_in_future":
            own = column.name in contract.recorded_columns
            day = statement.received.isoformat() if own else verdict[1] or ""
            return day, day
        if len(rest) > 1 and rest[1] != "region":
            return label_of(contract, rest[1]), contract.column(rest[1]).en
        if rule_id == "enum_unknown":
            words = [allowed.word for allowed in column.values]
            return "、".join(words), ", ".join(words)
        if rule_id == "number_out_of_range":
            allowed = f"{column.minimum or 0}–{column.maximum}"
            return allowed, allowed
        if rule_id == "code_malformed":
            return column.note_zh.rstrip("。"), column.note_en.rstrip(".")
        unit = unit_label(verdict[2]) if verdict[2] else ""
        return unit, unit

    def _shown(self, column: Column | None, rule_id: str, value: str | None) -> str | None:
        if value is None:
            return None
        most = _SHOWN_OF_TOO_LONG if rule_id == "text_too_long" else _SHOWN
        return value if len(value) <= most else value[:most] + "…"

    def _cells(self, verdict: list[str | None]) -> dict[str, Any]:
        """The cells of a rejected row as text, without what must not be kept."""
        contract = self.stage.statement.layout.contract
        too_long = {
            int(mark.split(":")[1]) for mark in (verdict[0] or "").split(" ") if ":text_too_long:" in mark
        }
        found: dict[str, Any] = {}
        for place, (target, value) in enumerate(zip(self._given, verdict[4:], strict=False)):
            column = contract.by_name.get(target)
            shown = self._shown(column, "text_too_long" if place in too_long else "", value)
            exempt = column is not None and column.private_exempt
            found[f"c_{target}"] = shown if shown is None or exempt else mask(shown)
        return found


_PROBLEM_SCHEMA: dict[str, Any] = {
    "file": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "value": pl.String,
    "rule": pl.String,
    "level": pl.String,
    "zh": pl.String,
    "en": pl.String,
}


class _Writer:
    """Rows to one Parquet file, a chunk at a time so that a wholly wrong file needs no memory."""

    def __init__(self, folder: Path, name: str, schema: dict[str, Any]) -> None:
        self.folder, self.name, self.schema = folder, name, schema
        self.waiting: list[dict[str, Any]] = []
        self.chunks: list[Path] = []
        self.count = 0

    def add(self, row: dict[str, Any]) -> None:
        self.count += 1
        self.waiting.append(row)
        if len(self.waiting) >= _CHUNK:
            self._flush()

    def _flush(self) -> None:
        path = self.folder / f".{self.name}-{len(self.chunks)}.parquet"
        pl.DataFrame(self.waiting, schema=self.schema).write_parquet(path)
        self.chunks.append(path)
        self.waiting = []

    def finish(self, stage: Stage) -> None:
        self._flush()
        target = quoted(str(self.folder / f"{self.name}.parquet"))
        stage.con.execute(f"copy (select * from {parquet(self.chunks)} order by row) to {target} ({PARQUET})")
        for path in self.chunks:
            path.unlink()
