"""Warnings of the sample against its planted events: `zhengxin backtest`, today's and as known then."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines import api, replay
from pipelines.cli import app
from pipelines.errors import EXIT_INPUT
from tests.sample import SAMPLE, Sample

TRUTH = SAMPLE / "truth" / "planted.csv"


def test_a_replay_raises_what_was_on_file_and_no_more(built: Sample) -> None:
    events = replay.events_of(TRUTH)
    assert events["event_id"].n_unique() == 40
    last = built.snapshot.frame("mart.warning_test")["period"].max()
    figures = replay.run(built.ws, built.snapshot, TRUTH, 2, lambda stage, done, total: None)
    assert figures == replay.read(built.ws)
    assert figures["last_month"] == str(last)
    for side in ("today", "replay"):
        whole = next(r for r in figures[side]["kinds"] if (r["kind"], r["level"]) == ("all", 4))
        assert 0 < whole["events"] < 40 and 0 <= whole["found"] <= whole["events"]
    # The day of the snapshot is the last month's end: what is raised then is what the snapshot holds.
    raised = replay.replay(built.ws, last, last, lambda stage, done, total: None)  # type: ignore[arg-type]
    assert raised.warnings.sort("region_id").rows() == (
        replay.of_snapshot(built.snapshot, last).warnings.sort("region_id").rows()  # type: ignore[arg-type]
    )
    assert raised.tested.height == replay.of_snapshot(built.snapshot, last).tested.height  # type: ignore[arg-type]
    assert raised.tested.height > 100


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_command_says_what_it_found(built: Sample, lang: str) -> None:
    home = str(built.ws.home)
    arguments = ["backtest", "--home", home, "--truth", str(TRUTH), "--months", "1", "--lang", lang]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert ("逐月回放" if lang == "zh" else "replayed") in result.stdout
    found = api.backtest(built.ws.home)
    assert found is not None and found["snapshot"] == built.snapshot.id


def test_events_that_cannot_be_read_are_refused(built: Sample, tmp_path: Path) -> None:
    wrong = tmp_path / "events.csv"
    wrong.write_text("event_id,kind,region_ids,first_month\nA,spike,530102,2024-01\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["backtest", "--home", str(built.ws.home), "--truth", str(wrong)])
    assert result.exit_code == EXIT_INPUT and "last_month" in result.stderr
