"""The committed sample is what the generator writes, no larger than promised, and its README counts right."""

from __future__ import annotations

import csv
import re
import zipfile
from pathlib import Path

import pytest

from pipelines.sample import write

LIMIT = 12_000_000  # bytes


@pytest.fixture(scope="module")
def committed(repository: Path) -> Path:
    return repository / "sample_data"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    folder = tmp_path_factory.mktemp("sample") / "made"
    return folder, write(folder)


def files(folder: Path) -> dict[str, Path]:
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    found.pop(".gitattributes", None)  # keeps git from changing line ends
    return found


def test_the_committed_files_are_what_is_generated(
    committed: Path, made: tuple[Path, dict[str, int]]
) -> None:
    there, here = files(committed), files(made[0])
    assert sorted(there) == sorted(here)
    different = [name for name in here if here[name].read_bytes() != there[name].read_bytes()]
    assert different == []


def test_the_sample_stays_small(committed: Path) -> None:
    assert sum(path.stat().st_size for path in files(committed).values()) <= LIMIT
    for path in committed.glob("petitions_????.csv"):
        assert path.stat().st_size / (path.read_bytes().count(b"\n") - 1) <= 150, path.name


def test_every_file_has_as_many_rows_as_said(committed: Path, made: tuple[Path, dict[str, int]]) -> None:
    text = (committed / "README.md").read_text("utf-8")
    said = dict(re.findall(r"\| `(\w+\.(?:csv|xlsx))` \| ([\d,]+) \|", text))
    there = [path.name for ending in ("csv", "xlsx") for path in committed.glob(f"*.{ending}")]
    assert sorted(said) == sorted(there) == sorted(made[1])
    for name, rows in made[1].items():
        assert data_rows(made[0] / name) == rows
        assert int(said[name].replace(",", "")) == rows


def sheet_of(path: Path) -> str:
    """The XML of a workbook's only sheet."""
    with zipfile.ZipFile(path) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        return archive.read("xl/worksheets/sheet1.xml").decode()


def data_rows(path: Path) -> int:
    """Lines below the header; a workbook's header ends in row 3, in row 4 where row 3 has merged cells."""
    if path.suffix == ".csv":
        return path.read_bytes().count(b"\n") - 1
    sheet = sheet_of(path)
    return sheet.count("<row ") - (4 if re.search('mergeCell ref="[A-Z]+3:', sheet) else 3)


def test_workbooks_are_as_departments_make_them(committed: Path) -> None:
    balances = sheet_of(committed / "debt_balance_2025.xlsx")
    assert '<mergeCell ref="A1:J1"/>' in balances  # the title
    assert '<mergeCell ref="D3:E3"/>' in balances  # 一般债务 over 余额 and 限额
    assert '<mergeCell ref="A3:A4"/>' in balances
    dates = re.findall(r'<c r="J\d+" s="(\d+)"><v>(\d+)</v>', balances)
    assert len(dates) > 800
    assert all(43_000 < int(day) < 47_000 for _, day in dates)
    # Numbers as texts: only shared strings below the header.
    assert (
        re.findall(r'<c r="[A-G](?:[4-9]|\d\d+)"(?! t="s")', sheet_of(committed / "exposure_2024.xlsx")) == []
    )
    bare = sheet_of(committed / "petitions_2025_corrections.xlsx")
    assert re.search(r'<c r="I4"><v>45\d\d\d</v>', bare)


def test_quirks_are_where_the_readme_says(committed: Path) -> None:
    with pytest.raises(UnicodeDecodeError):
        (committed / "petitions_2021.csv").read_text("utf-8")
    assert "禄丰县" in (committed / "petitions_2021.csv").read_text("gb18030")
    assert ",532331," in (committed / "petitions_2020.csv").read_text("utf-8-sig")
    assert ",532302," in (committed / "petitions_2025.csv").read_text("utf-8")
    assert "\t" in (committed / "petitions_2024.csv").read_text("utf-8")
    assert (committed / "petitions_2023.csv").read_text("utf-8").startswith("case_id,region")
    assert re.search("[０-９]{6}", (committed / "failures_2023.csv").read_text("utf-8"))
    assert "（元）" in (committed / "failures_2021.csv").read_text("utf-8-sig").replace("(元)", "（元）")


def test_rows_sent_again_are_the_same(committed: Path) -> None:
    def rows(name: str) -> list[list[str]]:
        with (committed / name).open(encoding="utf-8", newline="") as stream:
            return [[cell.replace("-", "") for cell in row] for row in csv.reader(stream)][1:]

    before = {tuple(row) for row in rows("failures_2024.csv")}
    assert sum(tuple(row) in before for row in rows("failures_2025.csv")) == 3
    inside = rows("failures_2023.csv")
    assert len(inside) - len({tuple(row) for row in inside}) == 2


def test_the_marker_and_the_days_of_arrival_are_there(committed: Path) -> None:
    assert (committed / "SYNTHETIC").is_file()
    assert '"*_2025.*" = 2025-12-31' in (committed / "ingest.toml").read_text("utf-8")


def test_another_seed_gives_another_sample_of_the_asked_size(
    tmp_path: Path, made: tuple[Path, dict[str, int]]
) -> None:
    small = write(tmp_path / "small", seed=7, scale=0.1)
    petitions = [name for name in small if name.startswith("petitions")]
    share = sum(small[name] for name in petitions) / sum(made[1][name] for name in petitions)
    assert share == pytest.approx(0.1, rel=0.1)
    assert not (tmp_path / "small" / "README.md").exists()
    write(tmp_path / "again", seed=7, scale=0.1)
    assert {name: path.read_bytes() for name, path in files(tmp_path / "small").items()} == {
        name: path.read_bytes() for name, path in files(tmp_path / "again").items()
    }
