"""The records behind a count are as many as the count, whatever came into the store since."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines import api, records
from pipelines.build import build
from pipelines.contracts import CONTRACTS
from pipelines.ingest import ingest_file
from pipelines.workspace import Workspace
from tests.sample import Sample

SOURCES = {
    "failure_events": "failures",
    "failure_entries": "failures",
    "petition_volume": "petitions",
    "petitions_repeated": "petitions",
    "petition_closings_overdue": "petitions",
}
FAILURES = """record_id,event_id,region,source,severity,event_date,entered_date,recorded_at
F1,E1,530102,违约失信,严重,2024-01-05,2024-01-20,2024-02-28
F2,E1,530102,司法判决,一般,2024-01-25,2024-02-20,2024-02-28
F3,E3,530103,违约失信,一般,2024-02-05,2024-02-20,2024-02-28
F4,E4,530102,违约失信,一般,2024-02-05,2024-02-20,2024-02-28
"""
MOVED = """record_id,event_id,region,source,severity,event_date,entered_date,recorded_at
F4,E4,530111,违约失信,一般,2024-02-05,2024-02-20,2024-02-28
F5,E5,530102,违约失信,一般,2024-02-05,2024-02-20,2024-02-28
"""


def test_every_channel_has_its_records(sample: Sample) -> None:
    assert {*sample.snapshot.frame("ref.channel")["channel"]} == SOURCES.keys()
    assert {(source, channel) for channel, source in SOURCES.items()} == records._QUERIES.keys()


@pytest.mark.parametrize("channel", SOURCES)
def test_there_are_as_many_records_as_plotted(sample: Sample, channel: str) -> None:
    plotted = sample.snapshot.frame("mart.warning_channel").filter(
        pl.col("channel") == channel, pl.col("observed") > 0
    )
    assert plotted.height > 500
    wrong = []
    for row in plotted.sample(40, seed=7).iter_rows(named=True):
        place, month = row["region_id"], row["period"]
        found = api.records(sample.snapshot, SOURCES[channel], place, month, month, channel)
        if not found.height == found["total"][0] == row["observed"] or set(found["period"]) != {month}:
            wrong.append((place, month, row["observed"], found.height))
    assert wrong == []


def test_a_year_of_the_province_is_capped_and_says_how_many_there_are(sample: Sample) -> None:
    found = api.records(sample.snapshot, "petitions", "530000", date(2024, 1, 1), date(2024, 12, 1))
    shown = sample.snapshot.frame("mart.indicator_value").filter(
        region_id="530000", window_kind="year", period=date(2024, 12, 1), indicator_id="petition_volume"
    )
    assert found.height == records.MOST_ROWS
    assert found["total"].unique().to_list() == [shown["value"][0]]
    assert found["period"].is_sorted(descending=True)


def test_nobody_s_number_of_persons_and_no_bookkeeping_is_shown(sample: Sample) -> None:
    for source in ("failures", "petitions"):
        found = api.records(sample.snapshot, source, "530100", date(2024, 5, 1), date(2024, 5, 1))
        extra = {"period", "records", "scored", "closing_due", "total", "region_id", "amount_fen"}
        assert {*found.columns} - extra <= {column.name for column in CONTRACTS[source].columns}
        assert not {"persons", "row", "row_hash", "batch", "body_uscc"} & {*found.columns}


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    ws = Workspace.open(tmp_path / "home")
    take(ws, "a.csv", FAILURES)
    build(ws)
    return ws


def take(ws: Workspace, name: str, text: str) -> None:
    path = ws.home.parent / name
    path.write_text(text, encoding="utf-8")
    assert ingest_file(ws, path, received=date(2024, 3, 1)).rows_rejected == 0


def shown(ws: Workspace, **more: str) -> list[tuple]:
    found = api.records(
        api.open_snapshot(ws.home), "failures", "530100", date(2024, 1, 1), date(2024, 2, 1), **more
    )
    return found.select("event_id", "record_id", "records", "region_id", "total").rows()


def test_an_event_is_one_row_with_its_speaking_record(ws: Workspace) -> None:
    # E1: the graver record speaks, so the event is of January. The later month stands first.
    assert shown(ws) == [
        ("E3", "F3", 1, "530103", 3),
        ("E4", "F4", 1, "530102", 3),
        ("E1", "F1", 2, "530102", 3),
    ]
    assert [row[0] for row in shown(ws, channel="failure_entries")] == ["E3", "E4", "E1"]


def test_what_came_after_the_snapshot_is_not_among_its_records(ws: Workspace) -> None:
    old, before = api.open_snapshot(ws.home), shown(ws)
    take(ws, "b.csv", MOVED)
    records._engine.cache_clear()
    assert shown(ws) == before
    build(ws)
    assert {row[0]: row[3] for row in shown(ws)} == {
        "E3": "530103",
        "E4": "530111",
        "E5": "530102",
        "E1": "530102",
    }
    again = api.records(old, "failures", "530102", date(2024, 2, 1), date(2024, 2, 1))
    assert again["event_id"].to_list() == ["E4"]


def test_without_the_store_it_is_one_sentence(ws: Workspace) -> None:
    shown(ws)
    shutil.rmtree(ws.store)
    with pytest.raises(api.RecordsUnavailable, match="原始记录不在本机"):
        shown(ws)
    records._engine.cache_clear()
    with pytest.raises(api.RecordsUnavailable, match="not in the store"):
        shown(ws)


@pytest.mark.parametrize(
    ("source", "region", "channel"),
    [
        ("exposure", "530100", None),
        ("failures", "530100", "petition_volume"),
        ("failures", "nowhere", None),
        ("petitions", "530100", "nothing"),
    ],
)
def test_an_unknown_question_is_an_error(
    sample: Sample, source: str, region: str, channel: str | None
) -> None:
    with pytest.raises(ValueError, match="no re"):
        api.records(sample.snapshot, source, region, date(2024, 1, 1), date(2024, 1, 1), channel)
