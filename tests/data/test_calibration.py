"""Priors of the sample: each year's from what was recorded before it, stored once, part of the snapshot."""

from __future__ import annotations

import json
import shutil
from datetime import date

import polars as pl
import pytest
from typer.testing import CliRunner

from pipelines import calibration
from pipelines.cli import app
from pipelines.errors import EXIT_WORKSPACE, UserError
from pipelines.workspace import Workspace
from tests.sample import Sample

YEAR = 2024


@pytest.fixture
def ws(sample: Sample, tmp_path) -> Workspace:
    """The sample's workspace without snapshots, cache and priors."""
    left_out = shutil.ignore_patterns("cache", "snapshots", "CURRENT", "priors")
    return Workspace.open(shutil.copytree(sample.ws.home, tmp_path / "home", ignore=left_out))


def test_the_snapshot_holds_the_priors_of_every_year(sample: Sample) -> None:
    table = sample.snapshot.frame("ref.prior")
    assert table["year"].unique().to_list() == [2020, 2021, 2022, 2023, 2024, 2025]
    stored = {each["year"]: each["sha256"] for each in sample.snapshot.manifest["priors"]}
    assert stored.keys() == {2021, 2022, 2023, 2024, 2025}
    own = calibration.read(sample.ws, YEAR)
    assert own is not None and own.digest == stored[YEAR]
    assert own.rows["known_on"].unique().to_list() == [date(YEAR - 1, 12, 31)]
    # Rates that look back 36 months have no year-end before 2023: that year's stand in, and it is said whose.
    first = table.filter(pl.col("year") == 2021, pl.col("indicator_id") == "failure_rate")
    assert first.height == 6 and first["prior_year"].unique().to_list() == [2023]


def test_priors_follow_from_what_was_recorded_before_the_year(sample: Sample, ws: Workspace) -> None:
    taken = calibration.path_of(sample.ws, YEAR).read_bytes()
    # Later records are in the store, and change nothing.
    made = calibration.write(ws, YEAR, date(2025, 12, 31))
    assert made is not None and calibration.path_of(ws, YEAR).read_bytes() == taken
    assert calibration.write(ws, 2019, date(2025, 12, 31)) is None


def test_a_level_rate_by_a_second_road(sample: Sample) -> None:
    """The pooled share of the year-ends 2021 to 2023, from the values as they are known now."""
    values = sample.snapshot.frame("mart.indicator_value").filter(
        pl.col("indicator_id") == "petition_satisfied",
        pl.col("region_level") == "county",
        pl.col("window_kind") == "r12",
        pl.col("period").is_in([date(year, 12, 1) for year in (2021, 2022, 2023)]),
        pl.col("status") == "value",
    )
    known_now = values["numerator"].sum() / values["denominator"].sum()
    prior = sample.snapshot.frame("ref.prior").row(
        by_predicate=(pl.col("year") == YEAR)
        & (pl.col("region_level") == "county")
        & (pl.col("prior_group") == "all")
        & (pl.col("indicator_id") == "petition_satisfied"),
        named=True,
    )
    # What was entered after the year-ends moves it a little and no more.
    assert prior["mean"] == pytest.approx(known_now, abs=0.01)


def test_a_store_without_an_earlier_year_calibrates_on_itself_and_says_so(ws: Workspace) -> None:
    day = date(2020, 12, 31)
    made = calibration.write(ws, 2020, day)
    assert made is not None
    assert made.rows.select("basis", "known_on").unique().rows() == [("first_build", day)]
    assert "petition_satisfied" in set(made.rows["indicator_id"])


def test_a_damaged_file_is_named(ws: Workspace) -> None:
    path = calibration.path_of(ws, YEAR)
    path.write_text(json.dumps({"method": "other", "year": YEAR, "priors": []}))
    with pytest.raises(UserError) as said:
        calibration.read(ws, YEAR)
    assert str(path) in said.value.en


def test_the_command_stores_priors_once(ws: Workspace) -> None:
    def called(*arguments: str) -> tuple[int, dict]:
        made = CliRunner().invoke(app, ["calibrate", "--home", str(ws.home), "--json", *arguments])
        return made.exit_code, json.loads(made.stdout)

    code, first = called("--year", str(YEAR))
    assert (code, first["year"], first["made"]) == (0, YEAR, True)
    path = calibration.path_of(ws, YEAR)
    # A stored file stays, whatever is in it, until it is asked for anew.
    path.write_bytes(path.read_bytes().replace(b'"before_year"', b'"first_build"'))
    kept = path.read_bytes()
    assert called("--year", str(YEAR))[1]["made"] is False and path.read_bytes() == kept
    assert called("--year", str(YEAR), "--again")[1]["sha256"] == first["sha256"]
    code, said = called("--year", "2019")
    assert code == EXIT_WORKSPACE and "2019" in said["error"]["en"]
