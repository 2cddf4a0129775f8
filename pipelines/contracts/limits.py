"""What a file may measure: checked before it is read, so that no file can fill memory or disk."""

from __future__ import annotations

from dataclasses import dataclass

_MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Largest sizes. A workbook of a million rows and 25 columns has about 100 MiB, 900 MiB expanded.

    `workbook_bytes` and `parquet_bytes` bound the file; `expanded_bytes` the sum of a workbook's
    unpacked parts, `shared_bytes` the part that is kept in memory (its texts), `expansion` how many
    times larger than the file that sum may be, once it exceeds `expansion_free_bytes`. `rows` and
    `columns` are those of a spreadsheet, `cell_characters` a cell's (a spreadsheet allows 32,767).
    The header is looked for among the first `header_rows` rows that are not blank.
    """

    workbook_bytes: int = 128 * _MIB
    expanded_bytes: int = 4096 * _MIB
    shared_bytes: int = 512 * _MIB
    expansion: int = 300
    expansion_free_bytes: int = 16 * _MIB
    parts: int = 10_000
    rows: int = 1_048_576
    columns: int = 16_384
    cell_characters: int = _MIB
    parquet_bytes: int = 4096 * _MIB
    parquet_rows: int = 100_000_000
    header_rows: int = 20


LIMITS = Limits()
"""The limits in force."""
