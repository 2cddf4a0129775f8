"""The card of the records behind a month: as many as plotted and saying so, or saying why not."""

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from dashboard import table
from dashboard.here import Here
from dashboard.i18n import Text, catalogue
from dashboard.queries import records as queries
from dashboard.wording import records as wording
from pipelines import api
from pipelines.contracts import CONTRACTS
from tests.sample import Sample

CHANNELS = (
    "failure_events",
    "failure_entries",
    "petitions_repeated",
    "petition_closings_overdue",
    "petition_volume",
)
At = Callable[..., Here]


def plotted(built: Sample, channel: str, level: str) -> dict[str, object]:
    """The largest month of a channel."""
    rows = built.snapshot.frame(queries.CHANNELS).filter(
        pl.col("channel") == channel, pl.col("region_level") == level
    )
    return rows.sort("observed", descending=True, nulls_last=True).row(0, named=True)


@pytest.mark.parametrize("level", ["county", "prefecture"])
@pytest.mark.parametrize("channel", CHANNELS)
def test_as_many_as_plotted(built: Sample, at: At, channel: str, level: str) -> None:
    row = plotted(built, channel, level)
    n = int(row["observed"])
    for lang in ("zh", "en"):
        here = at(row["region_id"], lang)
        card = wording.card(here, channel, row["region_id"], row["period"])
        assert f"{'合计' if lang == 'zh' else 'Total'} {n:,} = " in card.body and "✓" in card.body
        assert f"{n:,}" in card.title or str(n) in card.title
        assert card.table and len(card.table.rows) == n == len(table.in_file_rows(card.table))
        shown = table.html(card.table)
        assert shown.count("<tr>") - 1 == min(n, wording.SHOWN)
        assert (f"{wording.SHOWN}" in card.body) or n <= wording.SHOWN
        if lang == "en":
            said = re.sub(r"「[^」]*」", "", shown + card.body + card.title + card.note)
            assert not re.findall(r"[一-鿿]", said)


def test_every_value_of_the_files_has_its_word() -> None:
    asked = {
        value.stored
        for source, forms in wording._COLUMNS.items()
        for column in CONTRACTS[source].columns
        if column.name in forms
        for value in column.values
    }
    assert len(asked) > 30
    assert {f"record.value.{value}" for value in asked} <= catalogue("en").keys()


def test_a_month_not_reported_is_not_zero(built: Sample, at: At) -> None:
    silent = built.snapshot.frame(queries.CHANNELS).filter(
        pl.col("reason") == "not_reported", pl.col("region_level") == "county"
    )
    row = silent.row(0, named=True)
    card = wording.card(at(row["region_id"]), row["channel"], row["region_id"], row["period"])
    assert "未报齐" in card.body and "✓" not in card.body


def test_a_month_of_none_equals_its_zero(built: Sample, at: At) -> None:
    rows = built.snapshot.frame(queries.CHANNELS).filter(
        pl.col("observed") == 0, pl.col("region_level") == "county"
    )
    row = rows.row(0, named=True)
    card = wording.card(at(row["region_id"]), row["channel"], row["region_id"], row["period"])
    assert card.table is None and "合计 0 = 图中 0 ✓" in card.body


def test_a_difference_is_said(built: Sample, at: At) -> None:
    row = plotted(built, "petition_volume", "county")
    found = queries.behind(at(row["region_id"]), "petition_volume", row["region_id"], row["period"])
    said = wording.check(replace(found, plotted=found.total + 1), Text("zh"))
    assert f"合计 {found.total} ≠ 图中 {found.total + 1}" in said and "✓" not in said
    assert "该月不在图中" in wording.check(replace(found, on_chart=False, plotted=None), Text("zh"))


def test_without_the_store_the_card_says_so(built: Sample, at: At, tmp_path: Path) -> None:
    kept = tmp_path / "snapshots" / built.snapshot.id
    shutil.copytree(built.snapshot.path, kept)
    alone = api.open_snapshot(tmp_path, built.snapshot.id)
    row = plotted(built, "failure_events", "county")
    for lang, word in (("zh", "本机没有原始记录"), ("en", "not on this machine")):
        here = at(row["region_id"], lang, alone)
        card = wording.card(here, "failure_events", row["region_id"], row["period"])
        assert word in card.body and card.table is None
        assert str(int(row["observed"])) in card.title
