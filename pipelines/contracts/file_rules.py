"""The rules of rows and of whole files, decided by the reader, each with bytes that violate it.

A `spoil` takes the bytes of a good, comma-separated UTF-8 file, whatever kind of file it returns.
"""

from __future__ import annotations

import io
from collections.abc import Callable

from pipelines.contracts import samples
from pipelines.contracts.base import Level, Rule
from pipelines.contracts.limits import LIMITS
from pipelines.contracts.workbooks import rows_of, workbook

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# A zip bomb in small: blanks shrink a thousandfold.
_BLANKS = 2 * LIMITS.expansion_free_bytes


def _with_nested_column(content: bytes) -> bytes:
    """The same records as Parquet, the first column a struct."""
    import polars as pl  # the contracts are read by commands that need no engine

    header, *rows = rows_of(content)
    frame = pl.DataFrame(rows, schema=dict.fromkeys(header, pl.String), orient="row")
    out = io.BytesIO()
    frame.with_columns(pl.struct(header[0]).alias(header[0])).write_parquet(out)
    return out.getvalue()


DUPLICATE_ID = Rule(
    "duplicate_id",
    "编号「{value}」在本文件中重复出现；保留记录日期最新的一行（{detail}），其余拒收，请核对。",
    "The id “{value}” occurs more than once in this file; the row recorded last ({detail}) is kept, check the"
    " others.",
    applies="row",
    spoil=samples.repeat_last_line,
)
RAGGED_ROW = Rule(
    "ragged_row",
    "本行有 {value} 个单元格，表头有 {detail} 个；请检查分隔符与引号。",
    "The row has {value} cells, the header {detail}; check separators and quotation marks.",
    applies="row",
    spoil=samples.add_cells,
)
QUOTE_UNCLOSED = Rule(
    "quote_unclosed",
    "本行有未闭合的引号；请补全引号，或去掉多余的引号。",
    "A quotation mark in this row is never closed; close or remove it.",
    applies="row",
    spoil=samples.open_quote,
)
ROW_RULES = (RAGGED_ROW, QUOTE_UNCLOSED, DUPLICATE_ID)


def _file_rule(id: str, zh: str, en: str, spoil: Callable[[bytes], bytes], level: Level = "reject") -> Rule:
    return Rule(id, zh, en, applies="file", level=level, spoil=spoil)


FILE_RULES = (
    _file_rule(
        "file_empty",
        "文件是空的；请重新导出。",
        "The file is empty; export it again.",
        lambda content: b"",
    ),
    _file_rule(
        "format_unsupported",
        "不支持这种文件格式（{detail}）；请另存为 XLSX 或 CSV（UTF-8 或 GB18030）。",
        "This kind of file is not supported ({detail}); save it as XLSX or CSV (UTF-8 or GB18030).",
        lambda content: _OLE + content,
    ),
    _file_rule(
        "password_protected",
        "文件有密码保护，打不开；请去掉密码后重新导出。",
        "The file is protected by a password; remove it and export again.",
        lambda content: _OLE + "EncryptedPackage".encode("utf-16-le"),
    ),
    _file_rule(
        "file_corrupt",
        "文件已损坏，读不完整（{detail}）；请用电子表格软件打开后另存，或从原系统重新导出。",
        "The file is damaged and cannot be read to its end ({detail}); open and save it with a spreadsheet"
        " program, or export it again.",
        lambda content: workbook(rows_of(content))[:-200],
    ),
    _file_rule(
        "file_too_large",
        "文件有 {value}，超过上限 {detail}；请按月份或地区拆分，或改用 CSV。",
        "The file has {value}, more than the {detail} allowed; split it by month or region, or use CSV.",
        lambda content: b"PK\x03\x04".ljust(LIMITS.workbook_bytes + 1, b"\0"),
    ),
    _file_rule(
        "expands_too_far",
        "文件解压后有 {value}，超过允许的 {detail}，可能是恶意文件；请核对来源，或另存为 CSV。",
        "Unpacked, the file has {value}, more than the {detail} allowed, and may be malicious; check where"
        " it comes from, or save it as CSV.",
        lambda content: workbook(rows_of(content), padding=_BLANKS),
    ),
    _file_rule(
        "too_many_rows",
        "超过 {detail} 行的上限；请按月份或地区拆分。",
        "There are more than the {detail} rows allowed; split the file by month or region.",
        lambda content: workbook(rows_of(content), last_row=LIMITS.rows + 1),
    ),
    _file_rule(
        "sheet_empty",
        "各工作表都是空的；请核对是否存错了文件。",
        "Every visible sheet is empty; check whether this is the right file.",
        lambda content: workbook([["", " "]], []),
    ),
    _file_rule(
        "sheet_unread",
        "只读取了工作表「{value}」；工作表「{detail}」也像是同类数据但未读取，请另存为单独的文件。",
        "Only the sheet “{value}” was read; “{detail}” look like data as well and were not, save them as"
        " files of their own.",
        lambda content: workbook(rows_of(content), rows_of(content)),
        level="warning",
    ),
    _file_rule(
        "cells_merged",
        "数据区有合并单元格（{value}）；只有左上角一格有值，其余按空白读取；请取消合并并逐行填写。",
        "There are merged cells among the data ({value}); only the first cell of each has a value, the others"
        " are read as empty; unmerge them and fill in every row.",
        lambda content: workbook(rows_of(content), merged=("A2:A3",)),
        level="warning",
    ),
    _file_rule(
        "column_nested",
        "列「{value}」的类型（{detail}）读不成文字；请展开为单个值的列后重新导出。",
        "The column “{value}” is of a type ({detail}) that is no single value; export it as plain columns.",
        _with_nested_column,
    ),
    _file_rule(
        "secret_content",
        "「{value}」涉及隐性债务等涉密内容；涉密数据严禁录入本系统，请删去后重新导出。",
        "“{value}” is about hidden debt or other classified matters, which may never enter this"
        " system; remove it and export again.",
        samples.add_secret_column,
    ),
    _file_rule(
        "source_unknown",
        "认不出是哪类数据；认得的表头：{detail}；请改用模板表头、用 --source 指明来源，或提供映射文件。",
        "The source cannot be told from the headers; recognised: {detail}; use the template's headers,"
        " --source, or a mapping file.",
        samples.rename_headers,
    ),
    _file_rule(
        "header_missing",
        "缺少必需的列「{label}」；请补上这一列，或在映射文件中对应。",
        "The required column “{label}” is missing; add it, or name it in the mapping file.",
        samples.drop_first_column,
    ),
    _file_rule(
        "header_duplicate",
        "表头「{value}」都对应「{label}」；请只保留一列，或用映射文件说明。",
        "The headers “{value}” all mean “{label}”; keep one of them, or use a mapping file.",
        samples.double_first_column,
    ),
    _file_rule(
        "no_rows",
        "只有表头，没有数据行；若确无数据请在报送登记中说明。",
        "There is a header but no row of data; a nil return belongs into the reports source.",
        lambda content: content.splitlines(keepends=True)[0],
        level="warning",
    ),
)
