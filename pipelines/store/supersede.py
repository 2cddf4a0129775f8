"""Which record gives way to which: between a new batch and all earlier ones, found in one pass.

For an id that lies in two batches the row recorded later wins; a tie goes to the larger row hash,
then to the larger batch id, never to the order of arrival. A batch sent in place of others wins over
them whatever the days, and withdraws the ids it omits from the day it was received. Each loser gets an
entry (id, batch, month, winner_recorded_at), so that the current set of any day follows without looking
at rows. Found through the indexes of id hashes; only the months they name are opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb

from pipelines.sqltext import parquet, quoted
from pipelines.store import layout


def write(
    con: duckdb.DuckDBPyConnection,
    new: Path,
    batch: str,
    others: Sequence[Path],
    replaces: Sequence[str] = (),
    received: date | None = None,
) -> int:
    """Write `superseded.parquet` into the folder `new` of the coming batch; how many ids it withdraws.

    `replaces` are batches (all among `others`) that the new one stands for since the day `received`.
    """
    con.execute(
        "create or replace temp table superseded"
        " (id varchar, batch varchar, month varchar, winner_recorded_at date)"
    )
    by_id = {path.name.removeprefix("batch="): path for path in others}
    if by_id:
        _find_hits(con, new, by_id)
        _note_losers(con, new, batch, by_id, replaces)
    withdrawn = sum(_withdraw(con, new, name, by_id[name], received) for name in replaces)
    target = quoted(str(new / layout.SUPERSEDED))
    con.execute(f"copy (from superseded order by batch, id) to {target} ({layout.PARQUET})")
    return withdrawn


def _find_hits(con: duckdb.DuckDBPyConnection, new: Path, others: dict[str, Path]) -> None:
    """Make `hit` (id_hash, batch, month): where ids of the new batch lie, in it (batch '') and in others."""
    probe = layout.hash_probe(con)
    same = [p / layout.IDS for p in others.values() if layout.read_info(p).hash_probe == probe]
    indexes = [_index(con, name, p) for name, p in others.items() if p / layout.IDS not in same]
    if same:
        read = parquet(same, "filename = true")
        indexes.append(f"select id_hash, month, {_batch_of_file()} as batch from {read}")
    own = parquet([new / layout.IDS])
    con.execute(
        f"""create or replace temp table hit as
        select o.id_hash, o.batch, o.month from ({" union all ".join(indexes)}) as o
        semi join {own} as n using (id_hash)"""
    )
    con.execute(
        f"""insert into hit select n.id_hash, '' as batch, n.month from {own} as n
        where n.id_hash in (select id_hash from hit)"""
    )


def _note_losers(
    con: duckdb.DuckDBPyConnection, new: Path, batch: str, others: dict[str, Path], replaces: Sequence[str]
) -> None:
    """Add the losers between the new batch and those that are there."""
    found = con.execute("select distinct batch, month from hit order by all").fetchall()
    ours = _rows([(new, month) for name, month in found if not name])
    theirs = _rows([(others[name], month) for name, month in found if name])
    if not ours or not theirs:
        return
    replaced = f"o.batch in ({', '.join(map(quoted, replaces))})" if replaces else "false"
    con.execute(
        f"""insert into superseded
        select
            id,
            case when new_wins then old_batch else {quoted(batch)} end,
            case when new_wins then old_month else new_month end,
            case when new_wins then new_recorded else old_recorded end
        from (
            select
                n.id,
                o.batch as old_batch,
                n.month as new_month,
                o.month as old_month,
                n.recorded_at as new_recorded,
                o.recorded_at as old_recorded,
                case
                    when {replaced} then true
                    when n.recorded_at <> o.recorded_at then n.recorded_at > o.recorded_at
                    when n.row_hash <> o.row_hash then n.row_hash > o.row_hash
                    -- What follows a full tie must not depend on which of the two came first.
                    else {quoted(batch)} > o.batch
                end as new_wins
            from ({ours}) as n
            inner join ({theirs}) as o on n.id = o.id
        )"""
    )


def _withdraw(con: duckdb.DuckDBPyConnection, new: Path, name: str, old: Path, received: date | None) -> int:
    """Add the ids of a replaced batch that the new one omits; returns how many."""
    if received is None:
        raise ValueError("a batch that replaces another needs the day it was received")
    rows = _rows([(old, month) for month in layout.files_by_month(old)], "")
    if not rows:
        return 0
    ids = "select cast(null as varchar) as id where false"
    if files := layout.row_files(new):
        ids = f"select id from {parquet(files)}"
    omitted = f"from ({rows}) as o where o.id not in ({ids})"
    count = int(con.execute(f"select count(*) {omitted}").fetchall()[0][0])
    con.execute(
        f"""insert into superseded
        select id, {quoted(name)}, month, date '{received.isoformat()}' {omitted}"""
    )
    return count


_HIT = " where hash(id) in (select id_hash from hit)"


def _rows(places: Sequence[tuple[Path, str]], where: str = _HIT) -> str:
    """Rows kept under some months of some batches: id, batch, month, recorded_at, row_hash; "" for none."""
    selects = []
    for by_month in (True, False):
        files = [
            file
            for path, month in places
            if lies_by_month(path) is by_month
            for file in layout.row_files(path, [month] if by_month else None)
        ]
        if files:
            selects.append(
                f"""select id, {_batch_of_file()} as batch, recorded_at, row_hash, {_month(by_month)} as month
                from {parquet(sorted(set(files)), "filename = true", "union_by_name = true")}{where}"""
            )
    return " union all ".join(selects)


def _index(con: duckdb.DuckDBPyConnection, name: str, path: Path) -> str:
    """The index of a batch made anew, because another hash function wrote the one it has."""
    files = layout.row_files(path)
    if not files:
        return "select cast(0 as ubigint) as id_hash, '' as month, '' as batch where false"
    return f"""select hash(id) as id_hash, {_month(lies_by_month(path))} as month, {quoted(name)} as batch
        from {parquet(files, "filename = true")}"""


def lies_by_month(path: Path) -> bool:
    """Whether a batch's rows lie in a folder a month."""
    return any(path.glob("month=*"))


def _batch_of_file() -> str:
    """The batch a file belongs to, as SQL over its name; '' for a batch that has no place yet."""
    return "regexp_extract(filename, 'batch=([0-9a-f]+)', 1)"


def _month(by_month: bool) -> str:
    """The month a row lies under, as SQL over its file name."""
    return "regexp_extract(filename, 'month=([^/\\\\]+)', 1)" if by_month else quoted(layout.UNDATED)
