"""Reads one file into a folder: accepted rows as Parquet, refused ones beside them.

`Stage.run` streams the file once. Rows whose region text was not met in its first lines are put
aside, resolved and validated afterwards; rows with warnings are copied without their verdict; of
several rows with one id the latest stays. Next: `refused` (problems), `take` (the whole journey).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from pipelines.contracts.macros import MACROS, uscc_region_macro
from pipelines.errors import EXIT_WORKSPACE, UserError
from pipelines.ingest.places import former_codes
from pipelines.ingest.quick import ASIDE, Quick
from pipelines.ingest.rows import fast_relation, tolerant_relation
from pipelines.ingest.statement import Statement
from pipelines.sqltext import parquet, quoted
from pipelines.store.layout import IDS, PARQUET, UNDATED

# Distinct region texts are taken from so many first rows before the file is read as a whole.
_HEAD = 20_000
# A file with so many rows goes by the quick lane, unless more of the first ones than this share is odd.
QUICK_FROM_ROWS, MOST_ODD = _HEAD, 0.3
_DEFAULTS = {"memory_limit": "1GB", "max_temp_size": "50GB"}


@contextmanager
def connection(
    spill: Path, settings: dict[str, Any], threads: int | None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """An engine bounded in memory and spill, with the helpers of the rules; `spill` goes with it."""
    config: dict[str, Any] = {
        "memory_limit": settings.get("memory_limit", _DEFAULTS["memory_limit"]),
        "temp_directory": str(spill),
        "max_temp_directory_size": settings.get("max_temp_size", _DEFAULTS["max_temp_size"]),
        "partitioned_write_max_open_files": 500,
        # Rows of a month that are held back before they are written: all of a file by default.
        "partitioned_write_flush_threshold": 5000,
        # Warned rows and rewritten months come in any order; rows carry their number.
        "preserve_insertion_order": True,
    }
    if wanted := threads or settings.get("threads"):
        config["threads"] = wanted
    try:
        with duckdb.connect(":memory:", config=config) as con:
            for macro in (*MACROS, uscc_region_macro(former_codes())):
                con.execute(macro)
            con.execute("create table place (place varchar, unit varchar, region_reason varchar)")
            yield con
    except duckdb.OutOfMemoryException as error:
        said = str(error).splitlines()[0]
        raise UserError(
            f"内存或临时空间不足（{said}）；请在 zhengxin.toml 调整 memory_limit 或 max_temp_size。",
            f"Out of memory or temporary space ({said}); set memory_limit or max_temp_size in zhengxin.toml.",
            EXIT_WORKSPACE,
        ) from error
    finally:
        shutil.rmtree(spill, ignore_errors=True)


@dataclass
class Stage:
    """One file on its way into `folder`: `folder/accepted`, `folder/refused`, `folder/ids.parquet`."""

    con: duckdb.DuckDBPyConnection
    statement: Statement
    folder: Path
    road: str = ""
    losers: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def accepted(self) -> Path:
        """Folder of the accepted rows, by month where the source is kept so."""
        return self.folder / "accepted"

    @property
    def partitioned(self) -> bool:
        """Whether the source is kept by month."""
        return self.statement.layout.contract.partitioned

    def run(self, road: str | None = None) -> None:
        """Read the file by the fast road where it can be, else by the tolerant one (or as `road` says)."""
        text = self.statement.text
        if road != "tolerant" and (text.regular or road == "fast"):
            try:
                self._run("fast", fast_relation(text, self.statement.layout))
                return
            except duckdb.InvalidInputException:
                # Not a strict CSV file: the other road says which rows are broken.
                if road == "fast":
                    raise
        self._run("tolerant", tolerant_relation(text, self.statement.layout, self.folder))

    def _run(self, road: str, relation: str) -> None:
        self.road = road
        for name in ("out", "accepted", "refused"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        places, quick = self.statement.places, Quick(self.statement)
        head = f"{relation} limit {_HEAD}"
        rows = self._meet(f"select {places.key_sql} as place_key from ({head})")
        if rows >= QUICK_FROM_ROWS and quick.fits and self._share_of_odd(quick, head) <= MOST_ODD:
            good = self.folder / "out" / "kind=ok"
            self._copy(quick.select(relation), good, "part-0", "month")
            self._validate(good / f"month={ASIDE}", quick)
        else:
            self._judge(relation, "part-0")
            self._validate(self.folder / "out" / "kind=unresolved", self.statement)
        self._collect()
        self._one_row_per_id()

    def _meet(self, query: str) -> int:
        """Resolve the region texts of a query's rows; returns how many rows there are."""
        grouped = f"select coalesce(place_key, ''), count(*) from ({query}) group by 1"
        found = self.con.execute(grouped).fetchall()
        self.statement.places.add(self.con, [key for key, _ in found])
        return sum(rows for _, rows in found)

    def _share_of_odd(self, quick: Quick, relation: str) -> float:
        return float(self.con.execute(quick.odd_share(relation)).fetchall()[0][0])

    def _judge(self, relation: str, prefix: str) -> None:
        by = "kind, month" if self.partitioned else "kind"
        self._copy(self.statement.select(relation), self.folder / "out", prefix, by)

    def _copy(self, query: str, folder: Path, prefix: str, by: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.con.execute(
            f"copy ({query}) to {quoted(str(folder))} ({PARQUET}, partition_by ({by}),"
            f" filename_pattern '{prefix}-{{i}}', overwrite_or_ignore true)"
        )

    def _validate(self, aside: Path, lane: Statement | Quick) -> None:
        """Judge the rows that the first statement, whichever it was, put aside."""
        if not aside.is_dir():
            return
        waiting = self.folder / "unresolved"
        aside.rename(waiting)
        files = str(waiting / "**" / "part-*.parquet")
        self._meet(f"select json_extract_string(_refused, '$[3]') as place_key from {parquet([files])}")
        self._judge(lane.unresolved(files), "part-1")
        shutil.rmtree(waiting)

    def _collect(self) -> None:
        """Sort the kinds into `accepted` and `refused`; warned rows go into both."""
        out, refused = self.folder / "out", self.folder / "refused"
        self.accepted.mkdir()
        refused.mkdir()
        for kind in ("warned", "rejected"):
            if (out / f"kind={kind}").is_dir():
                (out / f"kind={kind}").rename(refused / kind)
        if (out / "kind=ok").is_dir():
            self.accepted.rmdir()
            (out / "kind=ok").rename(self.accepted)
        shutil.rmtree(out, ignore_errors=True)
        if (refused / "warned").is_dir():
            self._admit_warned(refused / "warned")

    def _admit_warned(self, folder: Path) -> None:
        """Copy rows with warnings to the accepted ones, without their verdict."""
        select = f"select * replace (cast(null as varchar) as _refused) from {self._read(folder)}"
        target, options = self.accepted / "part-warned.parquet", PARQUET
        if self.partitioned:
            target = self.accepted
            options += ", partition_by (month), filename_pattern 'part-warned-{i}', overwrite_or_ignore true"
        self.con.execute(f"copy ({select}) to {quoted(str(target))} ({options})")

    def _read(self, folder: Path, names: bool = False) -> str:
        """The rows under a folder; with their month where they lie by month, else with `_month`."""
        files = folder / "**" / "part-*.parquet"
        named = ["filename = true"] if names else []
        if not self.partitioned:
            return parquet([files], *named)
        options = ", ".join(["hive_partitioning = true", "hive_types_autocast = false", *named])
        return f"read_parquet({quoted(str(files))}, {options})"

    def rows(self) -> str:
        """The accepted rows as SQL; fails when there are none (see `has_rows`)."""
        return self._read(self.accepted)

    @property
    def month_sql(self) -> str:
        """The month a row lies under, as SQL over `rows`."""
        return "month" if self.partitioned else f"'{UNDATED}'"

    def has_rows(self) -> bool:
        """Whether any row was accepted."""
        return next(self.accepted.rglob("part-*.parquet"), None) is not None

    def _one_row_per_id(self) -> None:
        """Write the index of ids; of rows sharing one, keep the latest and note the others."""
        rows = "select cast(0 as ubigint) as id_hash, '' as month where false"
        if self.has_rows():
            rows = f"select hash(id) as id_hash, {self.month_sql} as month from {self.rows()}"
        self._write_index(rows)
        self.con.execute(
            f"""create or replace temp table repeated as
            with index as (from {parquet([self.folder / IDS])}),
            twice as (select id_hash from (select id_hash, lag(id_hash) over () as before from index)
                where id_hash = before)
            select distinct id_hash, month from index semi join twice using (id_hash)"""
        )
        if self.con.execute("select 1 from repeated limit 1").fetchall():
            self._drop_losers()

    def _write_index(self, rows: str) -> None:
        folders = sorted(path.name for path in self.accepted.glob("month=*")) or [UNDATED]
        months = ", ".join(quoted(name.removeprefix("month=")) for name in folders)
        fresh = self.folder / f"{IDS}.new"
        # An enumerated type takes one byte through the sort, where a text takes sixteen.
        self.con.execute(
            f"""copy (select id_hash, cast(month as enum({months})) as month from ({rows}) order by all)
            to {quoted(str(fresh))} ({PARQUET})"""
        )
        fresh.replace(self.folder / IDS)

    def _drop_losers(self) -> None:
        months = ", ".join(
            quoted(m) for (m,) in self.con.execute("select distinct month from repeated").fetchall()
        )
        self.con.execute(
            f"""create or replace temp table contender as
            select id, row, {self.month_sql} as month, recorded_at, filename,
                first_value(recorded_at) over latest as won_at,
                row_number() over latest as place
            from {self._read(self.accepted, names=True)}
            where {self.month_sql} in ({months}) and hash(id) in (select id_hash from repeated)
            window latest as (partition by id order by recorded_at desc, row_hash desc, row)"""
        )
        self.losers = self.con.execute(
            "select row, id, cast(won_at as varchar) from contender where place > 1 order by row"
        ).fetchall()
        lost = "select row from contender where place > 1"
        for (file,) in self.con.execute("select distinct filename from contender where place > 1").fetchall():
            kept = f"select * from {parquet([file])} where row not in ({lost})"
            self.con.execute(f"copy ({kept}) to {quoted(f'{file}.new')} ({PARQUET})")
            Path(f"{file}.new").replace(file)
        if self.losers:
            self._write_index(
                f"""from {parquet([self.folder / IDS])} anti join repeated using (id_hash)
                union all select hash(id), month from contender where place = 1"""
            )
