"""Which record gives way to which: pairwise between a new batch and every earlier one.

For an id that lies in two batches the row recorded later wins; a tie goes to the larger row hash,
then to the larger batch id, never to the order of arrival. Each loser gets an entry (id, batch,
month, winner_recorded_at), so that the current set of any day follows without looking at rows.
Found through the indexes of id hashes; only the months they name are opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from pipelines.sqltext import parquet, quoted
from pipelines.store import layout


def write(con: duckdb.DuckDBPyConnection, new: Path, batch: str, others: Sequence[Path]) -> int:
    """Write `superseded.parquet` into the folder `new` of the coming batch; returns its number of entries."""
    con.execute(
        "create or replace temp table superseded"
        " (id varchar, batch varchar, month varchar, winner_recorded_at date)"
    )
    for other in others:
        _pair(con, new, batch, other)
    target = quoted(str(new / layout.SUPERSEDED))
    con.execute(f"copy (from superseded order by batch, id) to {target} ({layout.PARQUET})")
    return int(con.execute("select count(*) from superseded").fetchall()[0][0])


def _pair(con: duckdb.DuckDBPyConnection, new: Path, batch: str, other: Path) -> None:
    """Add the losers between the new batch and one that is there."""
    old_index = _index(con, other)
    new_index = parquet([new / layout.IDS])
    con.execute(
        f"""create or replace temp table hit as
        select id_hash, 'new' as side, month from {new_index} semi join {old_index} as o using (id_hash)
        union all
        select id_hash, 'old', month from {old_index} semi join {new_index} as n using (id_hash)"""
    )
    rows = {side: _rows(con, path, side) for side, path in (("new", new), ("old", other))}
    if not all(rows.values()):
        return
    theirs = other.name.removeprefix("batch=")
    # What follows a full tie must not depend on which of the two came first.
    tie = "true" if batch > theirs else "false"
    con.execute(
        f"""insert into superseded
        select
            id,
            case when new_wins then {quoted(theirs)} else {quoted(batch)} end,
            case when new_wins then old_month else new_month end,
            case when new_wins then new_recorded else old_recorded end
        from (
            select
                n.id,
                n.month as new_month,
                o.month as old_month,
                n.recorded_at as new_recorded,
                o.recorded_at as old_recorded,
                case
                    when n.recorded_at <> o.recorded_at then n.recorded_at > o.recorded_at
                    when n.row_hash <> o.row_hash then n.row_hash > o.row_hash
                    else {tie}
                end as new_wins
            from ({rows["new"]}) as n
            inner join ({rows["old"]}) as o on n.id = o.id
        )"""
    )


def _rows(con: duckdb.DuckDBPyConnection, path: Path, side: str) -> str:
    """The rows of a batch whose id hash was hit, from the months hit; empty when there are none."""
    hit = [row[0] for row in con.execute(f"select distinct month from hit where side = '{side}'").fetchall()]
    by_month = _lies_by_month(path)
    files = layout.row_files(path, sorted(hit) if by_month else None) if hit else []
    if not files:
        return ""
    return f"""select id, recorded_at, row_hash, {_month(by_month)} as month
        from {parquet(files, "filename = true", "union_by_name = true")}
        where hash(id) in (select id_hash from hit)"""


def _index(con: duckdb.DuckDBPyConnection, path: Path) -> str:
    """The index of a batch; made anew for the session when another hash function wrote it."""
    if layout.read_info(path).hash_probe == layout.hash_probe(con):
        return parquet([path / layout.IDS])
    files = layout.row_files(path)
    empty = "select cast(0 as ubigint) as id_hash, '' as month where false"
    made = f"""{empty} union all select hash(id), {_month(_lies_by_month(path))}
        from {parquet(files, "filename = true")}"""
    con.execute(f"create or replace temp table old_index as {made if files else empty}")
    return "old_index"


def _lies_by_month(path: Path) -> bool:
    """Whether a batch's rows lie in a folder a month."""
    return any(path.glob("month=*"))


def _month(by_month: bool) -> str:
    """The month a row lies under, as SQL over its file name."""
    return "regexp_extract(filename, 'month=([^/\\\\]+)', 1)" if by_month else quoted(layout.UNDATED)
