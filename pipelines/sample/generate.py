"""The sample's files: which there are, how each looks, and `write`, which makes them all.

Next: `world` (what regions are like), `petitions` and `failures` (rows), `dress` (how files look), `faults`
(rows that must be rejected). A file of year Y holds what was new or changed in Y, as it stood on 31 December.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.sample import exposure, failures, petitions, reports
from pipelines.sample.dress import Places, Sheet, Style
from pipelines.sample.faults import faults_of
from pipelines.sample.readme import readme
from pipelines.sample.settings import DEFAULT_SEED, MONTHS, YEARS, month_start, year_end
from pipelines.sample.world import World, build_world

__all__ = ["DEFAULT_SEED", "STYLES", "write"]

PETITION_COLUMNS = (
    *("case_id", "region", "channel", "case_type", "procedure", "persons", "field", "category"),
    *("registered_date", "transferred_date", "unit_received_date", "informed_date", "accepted_date"),
    *("extended", "closed_date", "not_accepted_reason", "returned", "repeat_flag", "evaluable", "eval_unit"),
    *("recheck_result", "review_result", "integrity_related"),
)
FAILURE_COLUMNS = (
    *("record_id", "event_id", "region", "body_name", "body_uscc", "body_level", "source", "verified_by"),
    *("recognised_by", "doc_no", "court_case_no", "recognised_as_breach", "field", "severity", "amount"),
    *("event_date", "recognised_date", "entered_date", "prefecture_date", "province_date", "disclosed_date"),
    *("reason_due", "reason_filed_date", "rectify_due", "rectified_date", "rectification", "standing"),
    *("repaired_date", "objection", "measures", "relapse_of", "listed_from", "listed_to", "recorded_at"),
)
EXPOSURE_COLUMNS = ("region", "year", "population", "gov_bodies", "townships", "gdp", "budget_revenue")
REPORT_COLUMNS = ("source", "region", "month", "reported_at", "complete")

STYLES: dict[str, Style] = {
    **{f"exposure_{year}.csv": Style(own_code=True) for year in YEARS},
    "exposure_2020.csv": Style(encoding="utf-8-sig", former=True, own_code=True),
    "exposure_2023.csv": Style(headers="en", own_code=True),
    "failures_2020.csv": Style(
        encoding="gb18030", newline="\r\n", dates="chinese", region="full", former=True
    ),
    "failures_2021.csv": Style(encoding="utf-8-sig", newline="\r\n", dates="slash", yuan=True),
    "failures_2022.csv": Style(separator=";", dates="iso"),
    "failures_2023.csv": Style(dates="slash", full_width=True),
    "failures_2024.csv": Style(headers="en", dates="iso"),
    "petitions_2020.csv": Style(encoding="utf-8-sig", former=True),
    "petitions_2021.csv": Style(encoding="gb18030", newline="\r\n", region="two", former=True),
    "petitions_2022.csv": Style(separator=";"),
    "petitions_2023.csv": Style(headers="en"),
    "petitions_2024.csv": Style(separator="\t"),
    "reports_2021.csv": Style(dates="slash"),
}
REPEATING = "failures_2023.csv"
REPEATED_IN_FILE = 2  # its first rows stand once more at its end
REPEATED_IN_NEXT = 3  # rows of failures_2024.csv sent once more, unchanged, in failures_2025.csv
FAULT_COLUMNS = ("file", "row", "column", "rule")


class _Folder:
    """The folder being written: opens sheets, plants faults, counts rows."""

    def __init__(self, path: Path, world: World) -> None:
        self.path, self.places = path, Places(world)
        self.rows: dict[str, int] = {}
        self.faults: list[tuple[str, int, str, str]] = []

    def sheet(self, name: str, columns: tuple[str, ...]) -> Sheet:
        """A new file in its style."""
        return Sheet(
            self.path / name, name.partition("_")[0], STYLES.get(name, Style()), columns, self.places
        )

    def plant(self, name: str, sheet: Sheet) -> None:
        """Writes the faults of a file at the place reached."""
        for fault, cells in faults_of(name):
            self.faults.append((name, sheet.append_cells(cells), fault.column, fault.rule))

    def whole(self, name: str, columns: tuple[str, ...], frame: pl.DataFrame) -> None:
        """Writes a file that fits in memory, its faults in the middle."""
        with self.sheet(name, columns) as sheet:
            half = frame.height // 2
            sheet.append(frame.slice(0, half))
            self.plant(name, sheet)
            sheet.append(frame.slice(half))
            self.rows[name] = sheet.rows


def write(folder: Path, *, seed: int = DEFAULT_SEED, scale: float = 1.0) -> dict[str, int]:
    """Writes the sample into `folder` (made if absent) and gives the data rows of each file.

    The same seed and scale give the same bytes. `scale` multiplies cases and records; petitions are made a
    month at a time, so that memory does not grow with the number of years. OSError when it cannot be written.
    """
    (folder / "truth").mkdir(parents=True, exist_ok=True)
    (folder / "SYNTHETIC").write_bytes(
        "本文件夹的数据均为虚构。All data in this folder are invented.\n".encode()
    )
    world = build_world(seed)
    target = _Folder(folder, world)
    _write_exposure(target, world)
    _write_reports(target, world, seed)
    _write_failures(target, world, seed, scale)
    _write_petitions(target, world, seed, scale)
    _write_truth(target)
    (folder / "ingest.toml").write_bytes(_received().encode())
    if seed == DEFAULT_SEED and scale == 1.0:
        (folder / "README.md").write_bytes(readme(target.rows, len(target.faults)).encode())
    return target.rows


def _write_exposure(target: _Folder, world: World) -> None:
    for year in YEARS:
        target.whole(f"exposure_{year}.csv", EXPOSURE_COLUMNS, exposure.rows(world, year))


def _write_reports(target: _Folder, world: World, seed: int) -> None:
    rows = reports.rows(world, seed)
    names = dict(zip(world.prefecture, world.prefecture_name, strict=True))
    labels = pl.col("source").replace_strict(reports.LABELS)
    offices = pl.col("office").replace_strict({**names, reports.PROVINCE: "省本级"})
    rows = rows.with_columns(source=labels, region=offices)
    for year in YEARS:
        part = reports.in_year(rows, month_start(year, 1), year_end(year))
        target.whole(f"reports_{year}.csv", REPORT_COLUMNS, part)


def _write_failures(target: _Folder, world: World, seed: int, scale: float) -> None:
    rows = failures.records(world, seed, scale)
    unchanged = pl.DataFrame()
    for year in YEARS:
        first, last = month_start(year, 1), year_end(year)
        part = failures.known_at(failures.changed_between(rows, first, last), last)
        name = f"failures_{year}.csv"
        if name == REPEATING:
            part = pl.concat([part, part.head(REPEATED_IN_FILE)])
        if year == 2025:
            part = pl.concat([part, unchanged])
        settled = pl.max_horizontal(*failures.CHANGES) <= last
        same = failures.changed_between(rows, first, last).filter(settled).head(REPEATED_IN_NEXT)
        unchanged = failures.known_at(same, last)
        target.whole(name, FAILURE_COLUMNS, part)
        if name == REPEATING:
            last = target.rows[name] + 1
            target.faults += [
                (name, last - back, "record_id", "duplicate_id") for back in range(REPEATED_IN_FILE)
            ]


def _write_petitions(target: _Folder, world: World, seed: int, scale: float) -> None:
    """A month's new cases go to their year's file, and again to each later year in which they changed."""
    with ExitStack() as stack:
        sheets = {
            year: stack.enter_context(target.sheet(f"petitions_{year}.csv", PETITION_COLUMNS))
            for year in YEARS
        }
        for index, (year, month) in enumerate(MONTHS):
            cases = petitions.month_cases(world, seed, index, scale)
            for later_year, rows in _petition_versions(cases, year):
                sheets[later_year].append(rows)
            if month == 6:
                target.plant(f"petitions_{year}.csv", sheets[year])
    target.rows.update({f"petitions_{year}.csv": sheet.rows for year, sheet in sheets.items()})


def _petition_versions(cases: pl.DataFrame, year: int) -> Iterator[tuple[int, pl.DataFrame]]:
    yield year, petitions.known_at(cases, year_end(year))
    for later in range(year + 1, YEARS[-1] + 1):
        first, last = month_start(later, 1), year_end(later)
        yield later, petitions.known_at(petitions.changed_between(cases, first, last), last)


def _write_truth(target: _Folder) -> None:
    with (target.path / "truth" / "faults.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(FAULT_COLUMNS)
        writer.writerows(sorted(target.faults))


def _received() -> str:
    """ingest.toml: the day each file arrived; the base figures in spring, the rest at the end of its year."""
    lines = ["# The day each file was received (format: zhengxin ingest); truth/ is not data.", ""]
    lines += ['skip = ["faults.csv"]', "", "[received]"]
    lines += [f'"exposure_{year}.csv" = {date(year, 3, 31)}' for year in YEARS]
    lines += [f'"*_{year}.csv" = {date(year, 12, 31)}' for year in YEARS]
    return "\n".join(lines) + "\n"
