"""Parquet files as departments' systems export them: typed or text columns, read back as text.

The engine casts every column that is stored to the text a person would have written; what is wrong
with the file comes to light here, before anything is validated. Next: `rows`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipelines.contracts.limits import LIMITS
from pipelines.ingest.kind import Unreadable
from pipelines.ingest.layout import Layout
from pipelines.ingest.stage import connection
from pipelines.sqltext import parquet, quoted

_NESTED = ("STRUCT", "MAP", "UNION", "VARIANT", "BLOB", "BIT", "GEOMETRY")
# Points in time are kept in UTC; a day is the day in China.
_CHINA_MICROSECONDS = 8 * 3600 * 1_000_000
_MOST_EXACT = 10**15


def names(path: Path, scratch: Path) -> list[str]:
    """The column names; raises Unreadable for damage, a password or too many rows."""
    with _engine(scratch) as con:
        (rows,) = con.execute(
            f"select sum(num_rows) from parquet_file_metadata({quoted(str(path))})"
        ).fetchall()[0]
        if rows > LIMITS.parquet_rows:
            raise Unreadable("too_many_rows", detail=f"{LIMITS.parquet_rows:,}")
        return [name for name, _ in _columns(con, path)]


def write(path: Path, target: Path, layout: Layout, scratch: Path) -> None:
    """Write the columns that are stored as text, with row numbers as in a spreadsheet, to `target`.

    Raises Unreadable for damage and for a column whose cells are no single values.
    """
    with _engine(scratch) as con:
        columns = _columns(con, path)
        cells, others = [], []
        for (name, kind), wanted in zip(columns, layout.targets, strict=True):
            if wanted is None:
                blank = f"is_blank({_name(name)})" if kind == "VARCHAR" else "false"
                others.append(f"case when {_name(name)} is not null and not {blank} then 'x' end")
            elif kind.startswith(_NESTED) or kind.endswith("]"):
                raise Unreadable("column_nested", name, kind)
            else:
                cells.append(f"{_text(_name(name), kind)} as t_{wanted}")
        rest = f"nullif(concat({', '.join(others)}), '')" if others else "cast(null as varchar)"
        con.execute(
            f"copy (select row_number() over () + 1 as row, cast(null as varchar) as broken,"
            f" {', '.join([f'{rest} as rest', *cells])} from {_relation(path)})"
            f" to {quoted(str(target))} (format parquet)"
        )


@contextmanager
def _engine(scratch: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    try:
        with connection(scratch / "spill", {}, None) as con:
            yield con
    except (duckdb.BinderException, duckdb.ConversionException, duckdb.ParserException):
        raise  # our own statement is wrong, not the file
    except duckdb.Error as error:  # damage makes itself felt in any other way
        if "ncrypt" in str(error):
            raise Unreadable("password_protected") from error
        raise Unreadable("file_corrupt", detail="Parquet") from error


def _relation(path: Path) -> str:
    # Older systems do not mark their texts as such.
    return parquet([path], "binary_as_string = true")


def _columns(con: duckdb.DuckDBPyConnection, path: Path) -> list[tuple[str, str]]:
    return [row[:2] for row in con.execute(f"describe select * from {_relation(path)}").fetchall()]


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(name: str, kind: str) -> str:
    """A column as the text of its cells."""
    if kind in ("DOUBLE", "FLOAT"):  # codes become such numbers where a column has gaps
        whole = f"case when {name} = trunc({name}) and abs({name}) < {_MOST_EXACT} then {name} end"
        return f"coalesce(cast(try_cast({whole} as bigint) as varchar), cast({name} as varchar))"
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"cast(make_timestamp(epoch_us({name}) + {_CHINA_MICROSECONDS}) as varchar)"
    if kind == "VARCHAR":
        return f"nullif(replace({name}, chr(0), chr(65533)), '')"
    return f"cast({name} as varchar)"
