"""Files for the rule tests: good records of a contract, written as a department might send them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest

from pipelines.contracts import CONTRACTS
from pipelines.contracts.base import date_part
from pipelines.ingest import CheckReport, check_file

RECEIVED = date(2020, 6, 30)

Found = set[tuple[int | None, str | None, str]]


def good(source: str, number: int, only: Sequence[str] | None = None) -> dict[str, str]:
    """A record nothing is wrong with, all columns or some; small numbers give different ids."""
    contract = CONTRACTS[source]
    cells = {c.name: c.example for c in contract.columns if only is None or c.required or c.name in only}
    for name in contract.key:
        column = contract.column(name)
        if column.type == "code":
            cells[name] = f"{column.example}-{number}"
        elif column.type == "int":
            cells[name] = str(2000 + number % 19)
        elif column.type == "date":
            month = "03" if column.quarter else "01"
            cells[name] = f"20{number % 19:02d}-{month}"
    return cells


def split_dates(source: str, cells: Mapping[str, str], like: Mapping[str, str]) -> dict[str, str]:
    """The cells with year and month columns where `like` has them."""
    found = dict(cells)
    for column in CONTRACTS[source].columns:
        year, month = date_part(column.name, "year"), date_part(column.name, "month")
        if column.month_form and month in like and column.name in found:
            text = found.pop(column.name)
            found |= {year: text[:4], month: text[5:7]}
    return found


def write(
    path: Path,
    records: Sequence[Mapping[str, str]],
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
    newline: str = "\n",
    headers: Mapping[str, str] | None = None,
) -> Path:
    """The records as a CSV file; headers are the targets unless `headers` renames them."""
    columns = list(dict.fromkeys(name for record in records for name in record))
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=newline)
    writer.writerow([(headers or {}).get(name, name) for name in columns])
    for record in records:
        writer.writerow([record.get(name, "") for name in columns])
    path.write_bytes(buffer.getvalue().encode(encoding, "surrogateescape"))
    return path


def found(report: CheckReport) -> Found:
    """What a report says: row, column, rule of every problem."""
    assert report.rows_accepted + report.rows_rejected == report.rows_read
    assert sum(report.problem_counts.values()) == len(report.problems)
    for problem in report.problems:
        assert problem.zh and problem.en and "{" not in problem.zh + problem.en
    return {(problem.row, problem.column, problem.rule) for problem in report.problems}


class Bench:
    """Writes and checks files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    good = staticmethod(good)
    split_dates = staticmethod(split_dates)
    found = staticmethod(found)

    def write(self, records: Sequence[Mapping[str, str]], name: str = "file.csv", **style: str) -> Path:
        """`write` into the folder."""
        return write(self.folder / name, records, **style)  # type: ignore[arg-type]

    def check(self, path: Path, **options: object) -> CheckReport:
        """`check_file` as received on the fixed day."""
        return check_file(path, received=RECEIVED, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def shared_bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """The same for files many tests of a module look at."""
    return Bench(tmp_path_factory.mktemp("files"))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A place to write broken files and check them."""
    return Bench(tmp_path)


@pytest.fixture
def both_roads() -> Callable[[Bench, Path], Found]:
    """Checks a file on the road it takes by itself and on the tolerant one; both must say the same."""

    def run(bench: Bench, path: Path) -> Found:
        own, tolerant = bench.check(path), bench.check(path, road="tolerant")
        assert found(own) == found(tolerant)
        assert (own.rows_read, own.rows_accepted) == (tolerant.rows_read, tolerant.rows_accepted)
        return found(own)

    return run
