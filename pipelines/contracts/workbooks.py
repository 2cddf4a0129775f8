"""Small XLSX files made from the bytes of a good CSV file: what the rules of workbooks are violated with.

Every cell is a text; what departments send is far more varied, see `tests/rules`.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

Rows = Sequence[Sequence[str]]


def rows_of(content: bytes) -> list[list[str]]:
    """The cells of a good, comma-separated UTF-8 file."""
    return list(csv.reader(io.StringIO(content.decode("utf-8"))))


def workbook(*sheets: Rows, merged: Sequence[str] = (), padding: int = 0, last_row: int = 0) -> bytes:
    """The bytes of an XLSX file with these sheets.

    Each gets the `merged` ranges and `padding` blanks; `last_row` gives its last row another number.
    """
    numbers = range(1, len(sheets) + 1)
    names = "".join(f'<sheet name="Sheet{n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    namespaces = f'xmlns="{_MAIN}" xmlns:r="{_OFFICE}"'
    root = f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}">{root}</Relationships>',
        "xl/workbook.xml": f"<workbook {namespaces}><sheets>{names}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">{links}</Relationships>',
    }
    for n, rows in zip(numbers, sheets, strict=True):
        parts[f"xl/worksheets/sheet{n}.xml"] = _sheet(rows, merged, padding, last_row)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name), _HEAD + text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _sheet(rows: Rows, merged: Sequence[str], padding: int, last_row: int) -> str:
    last = f' r="{last_row}"' if last_row else ""
    lines = "".join(
        f"<row{last if n == len(rows) else ''}>{''.join(map(_cell, row))}</row>"
        for n, row in enumerate(rows, 1)
    )
    ranges = "".join(f'<mergeCell ref="{ref}"/>' for ref in merged)
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetData>{lines}{" " * padding}</sheetData>'
        + (f"<mergeCells>{ranges}</mergeCells>" if ranges else "")
        + "</worksheet>"
    )


def _cell(text: str) -> str:
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>' if text else "<c/>"
