"""Templates: an unchanged one has no rows, a filled one is read whole, equal contracts give equal bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
import typer
from typer.testing import CliRunner

from pipelines import template
from pipelines.cli import template_command
from pipelines.contracts import CONTRACTS
from pipelines.contracts.base import is_secret
from pipelines.errors import UserError
from pipelines.ingest import check_file

RECEIVED = date(2020, 6, 30)
SHEET = "xl/worksheets/sheet1.xml"
CASES = [(source, lang) for source in CONTRACTS for lang in ("zh", "en")]


def letters(place: int) -> str:
    """The letters of a column."""
    before, last = divmod(place, 26)
    return (letters(before - 1) if before else "") + chr(ord("A") + last)


def filled(content: bytes, rows: Sequence[Sequence[str | date]]) -> bytes:
    """The template with rows as a spreadsheet program writes them: in the column's style, dates as days."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    sheet = archive.read(SHEET).decode()
    styles = {
        place: style
        for first, last, style in re.findall(r'<col min="(\d+)" max="(\d+)"[^>]*? style="(\d+)"', sheet)
        for place in range(int(first) - 1, int(last))
    }

    def cell(number: int, place: int, value: str | date) -> str:
        start = f'<c r="{letters(place)}{number}"' + (f' s="{styles[place]}"' if place in styles else "")
        if isinstance(value, date):
            return f"{start}><v>{(value - date(1899, 12, 30)).days}</v></c>"
        return f'{start} t="inlineStr"><is><t>{escape(value)}</t></is></c>'

    lines = "".join(
        f'<row r="{number}">{"".join(cell(number, n, value) for n, value in enumerate(row) if value)}</row>'
        for number, row in enumerate(rows, start=template.HEADER_ROW + 1)
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as copy:
        for name in archive.namelist():
            content = archive.read(name)
            copy.writestr(
                name, content if name != SHEET else sheet.replace("</sheetData>", lines + "</sheetData>")
            )
    return out.getvalue()


def records(source: str) -> list[list[str | date]]:
    """Good records: dates as real dates where the column asks for a day."""
    found = []
    for number in range(1, 4):
        row: list[str | date] = []
        for column in CONTRACTS[source].columns:
            text: str | date = column.example
            if column.type == "date" and re.fullmatch(r"\d{4}-\d\d-\d\d", column.example):
                text = date.fromisoformat(column.example)
            if column.name in CONTRACTS[source].key:
                if column.type == "code":
                    text = f"{column.example}-{number}"
                elif column.type == "region":
                    text = ["五华区", "盘龙区", "官渡区"][number - 1]
            row.append(text)
        found.append(row)
    return found


@pytest.mark.parametrize(("source", "lang"), CASES)
def test_an_unchanged_template_has_no_rows(tmp_path: Path, source: str, lang: str) -> None:
    content = template.template(source, lang)
    assert content == template.template(source, lang)
    path = tmp_path / "template.xlsx"
    path.write_bytes(content)
    report = check_file(path, received=RECEIVED)
    assert (report.source, report.header_row, report.rows_read) == (source, template.HEADER_ROW, 0)
    assert [problem.rule for problem in report.problems] == ["no_rows"]
    assert report.columns_given == tuple(column.name for column in CONTRACTS[source].columns)
    assert report.unmapped_headers == ()


@pytest.mark.parametrize(("source", "lang"), CASES)
def test_a_filled_template_is_read_whole(tmp_path: Path, source: str, lang: str) -> None:
    path = tmp_path / "template.xlsx"
    path.write_bytes(filled(template.template(source, lang), records(source)))
    report = check_file(path, received=RECEIVED)
    assert report.problems == ()
    assert (report.rows_read, report.rows_accepted) == (3, 3)


@pytest.mark.parametrize(("source", "lang"), CASES)
def test_the_words_of_a_template(source: str, lang: str) -> None:
    archive = zipfile.ZipFile(io.BytesIO(template.template(source, lang)))
    sheet = archive.read(SHEET).decode()
    texts = archive.read("xl/sharedStrings.xml").decode()
    for column in CONTRACTS[source].columns:
        assert escape(template.header(column, lang)) in texts and escape(template.hint(column, lang)) in texts
        assert template.header(column, lang).startswith("*") == column.required
        options = template.words(column, lang)
        assert bool(options) == (column.type in ("bool", "enum"))
        if lang == "zh":
            assert not [option for option in options if option.isascii() and option.isidentifier()]
        if options:
            listed = f"<formula1>&quot;{','.join(options)}&quot;</formula1>"
            assert listed in sheet or listed.replace("&quot;", '"') in sheet
    if notice := CONTRACTS[source].notice_zh if lang == "zh" else CONTRACTS[source].notice_en:
        assert notice in texts
    else:
        assert not is_secret(re.sub("<[^>]*>", "\n", texts))


def test_the_command_never_overwrites(tmp_path: Path) -> None:
    app = typer.Typer()
    app.command()(template_command.template)
    target = tmp_path / "t.xlsx"
    arguments = ["failures", "--output", str(target)]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    assert target.read_bytes() == template.template("failures")
    target.write_bytes(b"filled in")
    assert CliRunner().invoke(app, arguments).exit_code == 3
    assert target.read_bytes() == b"filled in"
    assert CliRunner().invoke(app, ["nothing"]).exit_code == 2
    assert CliRunner().invoke(app, ["reports", "-o", str(tmp_path / "no" / "t.xlsx")]).exit_code == 3
    with pytest.raises(UserError, match="nothing"):
        template.template("nothing")
