"""A file's whole journey: `check_file` reads it and forgets it, `ingest_file` keeps it as a batch.

look and ready (text, layout) → stage (validated rows) → refused (problems) → supersede → one rename into
the store.
Nothing of a batch is visible before that rename, so a kill at any moment leaves the store valid.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.errors import EXIT_USAGE, UserError
from pipelines.ingest import mapping as mappings
from pipelines.ingest.layout import Layout, Refused, file_problem
from pipelines.ingest.look import look, ready
from pipelines.ingest.mapping import Mapping
from pipelines.ingest.places import Places
from pipelines.ingest.refused import Refused as RefusedRows
from pipelines.ingest.report import MOST_LISTED, CheckReport, FileRefused, IngestReport, Problem
from pipelines.ingest.stage import Stage, connection
from pipelines.ingest.statement import Statement
from pipelines.ingest.text import TextFile
from pipelines.sqltext import parquet
from pipelines.store import layout as store
from pipelines.store import supersede
from pipelines.workspace import Workspace

SYNTHETIC_MARKER = "SYNTHETIC"
_SHORTEST_PREFIX = 6


def check_file(
    path: Path,
    *,
    source: str | None = None,
    mapping: Path | None = None,
    received: date,
    road: str | None = None,
) -> CheckReport:
    """Every problem of a file at once; no workspace is touched.

    `road` forces the fast or the tolerant reader (tests compare them). Raises UserError when the
    file or the mapping cannot be read; whatever is wrong inside the file is in the report.
    """
    said = mappings.load(mapping)
    with tempfile.TemporaryDirectory(prefix="zhengxin-") as name:
        folder = Path(name)
        try:
            text, layout = look(path, folder, source, said)
            text = ready(text, layout, folder)
        except Refused as refused:
            return _refusal(path, refused)
        return _check(text, layout, said, received, folder, road)


def _check(
    text: TextFile, layout: Layout, said: Mapping, received: date, folder: Path, road: str | None
) -> CheckReport:
    statement = Statement(text, layout, Places.of(layout, said), received)
    with connection(folder / "spill", {}, None) as con:
        stage = Stage(con, statement, folder)
        stage.run(road)
        rows = RefusedRows(stage, text.path.name)
        rows.write(folder / "rejects")
        return CheckReport(**_counts(stage, rows))


def ingest_file(
    ws: Workspace,
    path: Path,
    *,
    source: str | None = None,
    mapping: Path | None = None,
    received: date,
    threads: int | None = None,
    replaces: Sequence[str] = (),
) -> IngestReport:
    """Take a file into the store as an immutable batch and report every problem.

    The same file with the same mapping is recognised and changes nothing. `replaces` names batches of
    the same source (ids, or their first digits) the file was sent in place of: from `received` on it
    wins over them and what it omits is withdrawn. Raises FileRefused when the file as a whole cannot be
    taken, UserError when it cannot be read, a replaced batch is not there, or the store is in use.
    """
    said = mappings.load(mapping)
    with ws.exclusive("ingest"):
        store.sweep(ws.store)
        work = Path(tempfile.mkdtemp(prefix=store.TEMPORARY, dir=ws.store))
        try:
            try:
                text, layout = look(path, work, source, said)
                stored = [_stored_batch(ws, layout.contract.source, name) for name in replaces]
                replaced = tuple(sorted(set(stored)))
                batch = batch_id(layout, text, said, replaced)
                target = store.batch_path(ws.store, layout.contract.source, batch)
                if target.is_dir():
                    return _known(ws, path, target, layout)
                text = ready(text, layout, work)
            except Refused as refused:
                raise FileRefused(_refusal(path, refused)) from refused
            return _take(ws, work, text, layout, said, received, threads, batch, replaced)
        finally:
            shutil.rmtree(work, ignore_errors=True)


def batch_id(layout: Layout, text: TextFile, said: Mapping, replaced: Sequence[str] = ()) -> str:
    """The id of a batch: source, bytes, mapping, contract, what it replaces; not the day of receipt."""
    contract = layout.contract
    parts = (contract.source, text.sha256, said.digest(), f"{contract.source}:{contract.version}", *replaced)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _stored_batch(ws: Workspace, source: str, name: str) -> str:
    """The id of the one batch of a source that begins with `name`."""
    ids = [path.name.removeprefix("batch=") for path in store.batch_paths(ws.store, source)]
    found = [batch for batch in ids if batch.startswith(name)]
    if len(name) < _SHORTEST_PREFIX or len(found) != 1:
        known = "、".join(batch[:12] for batch in ids[:5]) or "—"
        raise UserError(
            f"要替换的批次「{name}」在{source}中有 {len(found)} 个;请写批次编号的前 {_SHORTEST_PREFIX} 位以上"
            f"(现有:{known})。",
            f"The batch to be replaced, “{name}”, fits {len(found)} batches of {source}; give at least the"
            f" first {_SHORTEST_PREFIX} digits of its id (there are: {known}).",
            EXIT_USAGE,
        )
    return found[0]


def _refusal(path: Path, refused: Refused) -> CheckReport:
    problems = refused.problems
    counts = {rule: sum(p.rule == rule for p in problems) for rule in dict.fromkeys(p.rule for p in problems)}
    return CheckReport(path, refused.source, problems=problems, problem_counts=counts)


def _counts(stage: Stage, rows: RefusedRows) -> dict[str, Any]:
    """The fields of a report on a staged file."""
    layout = stage.statement.layout
    accepted = undated = 0
    if stage.has_rows():
        counted = f"select count(*), count(*) filter (where period_date is null) from {stage.rows()}"
        accepted, undated = stage.con.execute(counted).fetchall()[0]
    problems, counts = [*stage.statement.text.notes, *rows.problems], dict(rows.counts)
    counts |= {note.rule: 1 for note in stage.statement.text.notes}
    if accepted + rows.rejected_rows == 0:
        problems.append(file_problem(stage.statement.text.path, "no_rows"))
        counts["no_rows"] = 1
    return {
        "file": stage.statement.text.path,
        "source": layout.contract.source,
        "rows_read": accepted + rows.rejected_rows,
        "rows_accepted": accepted,
        "rows_rejected": rows.rejected_rows,
        "undated": undated if layout.contract.period_columns else 0,
        "problems": tuple(problems),
        "problem_counts": counts,
        "unmapped_headers": layout.unmapped,
        "columns_given": layout.columns_given(),
        "sheet": stage.statement.text.sheet.name if stage.statement.text.sheet else "",
        "header_row": layout.header.row,
    }


def _take(
    ws: Workspace,
    work: Path,
    text: TextFile,
    layout: Layout,
    said: Mapping,
    received: date,
    threads: int | None,
    batch: str,
    replaced: tuple[str, ...],
) -> IngestReport:
    """Stage the file in `work`, find what it supersedes, and publish it."""
    statement = Statement(text, layout, Places.of(layout, said), received)
    source = layout.contract.source
    with connection(work / "spill", dict(ws.settings), threads) as con:
        stage = Stage(con, statement, work)
        stage.run()
        rows = RefusedRows(stage, text.path.name)
        rows.write(work / "rejects")
        report = IngestReport(**_counts(stage, rows), batch=batch)
        (work / store.IDS).rename(stage.accepted / store.IDS)
        others = store.batch_paths(ws.store, source)
        withdrawn = supersede.write(con, stage.accepted, batch, others, replaced, received)
        info = replace(_info(stage, report, text, said, received), replaces=replaced, withdrawn=withdrawn)
    (stage.accepted / store.FACTS).write_text(info.to_json(), encoding="utf-8")
    store.write_sums(stage.accepted, work / "rejects")
    _replace(work / "rejects", ws.rejects / batch)
    # A build reads the list of batches under this lock.
    with ws.exclusive("store"):
        store.publish(stage.accepted, store.batch_path(ws.store, source, batch))
    return report


def _info(
    stage: Stage, report: IngestReport, text: TextFile, said: Mapping, received: date
) -> store.BatchInfo:
    first = last = None
    months: tuple[str, ...] = ()
    if report.rows_accepted:
        days = f"select min(recorded_at), max(recorded_at) from {stage.rows()}"
        first, last = stage.con.execute(days).fetchall()[0]
        index = parquet([stage.accepted / store.IDS])
        found = stage.con.execute(f"select distinct month from {index} order by 1").fetchall()
        months = tuple(row[0] for row in found) if stage.partitioned else ()
    return store.BatchInfo(
        source=report.source or "",
        batch=report.batch,
        file=text.path.name,
        sha256=text.sha256,
        received=received,
        rows_read=report.rows_read,
        rows_accepted=report.rows_accepted,
        rows_rejected=report.rows_rejected,
        undated=report.undated,
        problems=report.problem_count,
        problem_counts=dict(report.problem_counts),
        synthetic=said.synthetic or (text.path.parent / SYNTHETIC_MARKER).exists(),
        columns=report.columns_given,
        unmapped_headers=report.unmapped_headers,
        contract=stage.statement.layout.contract.digest(),
        months=months,
        first_recorded_at=first,
        last_recorded_at=last,
        hash_probe=store.hash_probe(stage.con),
    )


def _replace(folder: Path, target: Path) -> None:
    """Put the rejects of a batch in place; those of an ingest killed before its end give way."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(target, ignore_errors=True)
    os.rename(folder, target)


def _known(ws: Workspace, path: Path, target: Path, layout: Layout) -> IngestReport:
    """The report on a file that was taken before, from what its batch says."""
    info = store.read_info(target)
    listed = ws.rejects / info.batch / "problems.parquet"
    problems: tuple[Problem, ...] = ()
    if listed.is_file():
        frame = pl.read_parquet(listed).head(MOST_LISTED)
        names = [field.name for field in fields(Problem)]
        problems = tuple(Problem(*row) for row in frame.select(names).iter_rows())
    return IngestReport(
        file=path,
        source=info.source,
        rows_read=info.rows_read,
        rows_accepted=info.rows_accepted,
        rows_rejected=info.rows_rejected,
        undated=info.undated,
        problems=problems,
        problem_counts=info.problem_counts,
        unmapped_headers=layout.unmapped,
        columns_given=info.columns,
        batch=info.batch,
        already_present=True,
    )
