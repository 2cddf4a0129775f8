"""The committed sample is what the generator writes, no larger than promised, and its README counts right."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from pipelines.sample import write

LIMIT = 8_000_000  # bytes, of 12 MB with all later additions


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
    for path in committed.glob("petitions_*.csv"):
        assert path.stat().st_size / (path.read_bytes().count(b"\n") - 1) <= 150, path.name


def test_every_file_has_as_many_rows_as_said(committed: Path, made: tuple[Path, dict[str, int]]) -> None:
    said = dict(re.findall(r"\| `(\w+\.csv)` \| ([\d,]+) \|", (committed / "README.md").read_text("utf-8")))
    assert sorted(said) == sorted(path.name for path in committed.glob("*.csv"))
    for name, rows in made[1].items():
        assert (made[0] / name).read_bytes().count(b"\n") - 1 == rows
        assert int(said[name].replace(",", "")) == rows


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
    assert '"*_2025.csv" = 2025-12-31' in (committed / "ingest.toml").read_text("utf-8")


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
