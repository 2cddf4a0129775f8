"""排名稳定性 and a reader's own weights: what the cards say, against the snapshot and by other roads."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import ModuleType

import numpy as np
import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.charts import ranking as dots
from dashboard.charts import tiers
from dashboard.export import panel
from dashboard.here import Here
from dashboard.i18n import Text
from dashboard.state import Selection
from dashboard.wording import ranking_stability, ranking_weights
from tests.sample import Sample
from tests.tables import rows_of

LAST = date(2025, 12, 1)
OWN = {"failures": 60, "petitions": 25, "debt": 15}
WT = ",".join(f"{code}{weight}" for code, weight in OWN.items())
Run = Callable[..., AppTest]
Words = Callable[[AppTest], str]
Place = Callable[..., Here]


def window(built: Sample, table: str, level: str) -> pl.DataFrame:
    """The rows of the latest twelve months of a level."""
    mine = built.snapshot.frame("ref.region").filter(region_level=level).select("region_id")
    rows = built.snapshot.frame(table).filter(window_kind="r12", period=LAST)
    return rows.join(mine, on="region_id", how="semi")


def by_hand(built: Sample, level: str, weights: dict[str, float]) -> pl.DataFrame:
    """Rank by the geometric mean of the dimensions' scores, from mart.dimension_score alone."""
    wide = window(built, "mart.dimension_score", level).pivot("dimension", index="region_id", values="score")
    logs = pl.sum_horizontal(*(weight * pl.col(name).log() for name, weight in weights.items() if weight))
    scored = wide.select("region_id", (logs / sum(weights.values())).exp().round(9).alias("score"))
    used = [name for name, weight in weights.items() if weight]
    kept = scored.filter(pl.Series(~wide.select(pl.any_horizontal(pl.col(used).is_null())).to_series()))
    return kept.with_columns(pl.col("score").rank("min", descending=True).cast(pl.Int32).alias("rank"))


def there(at: Place, level: str = "county", lang: str = "zh", **weights: int) -> Here:
    selection = Selection(lang=lang, level=level, tab="stability", weights=tuple(weights.items()))
    return at("530000", lang, page="ranking", level=level, selection=selection)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("level", ["prefecture", "county"])
def test_stability_stands_on_the_snapshots_places(
    run: Run, words: Words, built: Sample, at: Place, level: str, lang: str
) -> None:
    text = Text(lang)
    shown = run("ranking", "sample", tab="stability", lvl="c" if level == "county" else "", lang=lang)
    truth = window(built, "mart.ranking", level).drop_nulls("rank").sort("region_id")
    found = ranking_stability.robust(there(at, level, lang))
    assert found is not None and found.places["rank"].to_list() == truth["rank"].to_list()
    rows = rows_of(shown, text("stability.caption"))
    last = truth["rank"].max()
    assert [row[1] for row in rows] == [
        f"{low}—{high}" if rank == last else str(rank)
        for rank, low, high in found.places.select("rank", "lower", "upper").iter_rows()
    ]
    outside = found.places.filter((pl.col("rank") < pl.col("lower")) | (pl.col("rank") > pl.col("upper")))
    assert found.places.height > 4 * outside.height and (found.places["lower"] < found.places["upper"]).any()
    assert [row[2:4] for row in rows] == [
        [str(low), str(high)] for low, high in found.places.select("lower", "upper").iter_rows()
    ]
    debt = truth["rank_without_debt"]
    assert all(row[4] == str(own) or "—" in row[4] for row, own in zip(rows, debt, strict=True))
    most = found.choices.sort("total", descending=True)["choice"][0]
    assert text(f"stability.choice_{most}") in words(shown)


def test_a_dimension_that_is_mostly_chance_has_a_caution(run: Run, built: Sample) -> None:
    shown, text = run("ranking", "sample", tab="stability"), Text("zh")
    share = built.snapshot.frame("mart.level_certainty").filter(region_level="prefecture")
    share = dict(share.select("node", "reliability").iter_rows())
    order = built.snapshot.frame("ref.dimension").sort("sort_order")
    expected = [
        [name, f"{weight:.0%}", f"{share[code]:.2f}", text("stability.weak") if share[code] < 0.5 else ""]
        for code, name, weight in order.select("dimension", "name_zh", "weight").iter_rows()
    ]
    assert rows_of(shown, text("stability.signal_caption")) == expected
    assert {bool(row[3]) for row in expected} == {True, False}


@pytest.mark.parametrize("level", ["prefecture", "county"])
def test_the_methods_weights_give_the_builds_ranges(at: Place, built: Sample, level: str) -> None:
    """Draws made anew on the page are the draws of the build, to the last rank."""
    here = there(at, level)
    own = ranking_weights.queries.reweighted(
        ranking_weights.parts(here), {"failures": 45, "petitions": 35, "debt": 20}
    )
    sure = window(built, "mart.rank_interval", level).drop_nulls("rank").sort("region_id")
    assert own["rank"].to_list() == sure["rank"].to_list()
    assert own["lower"].to_list() == sure["rank_lower"].to_list()
    assert own["upper"].to_list() == sure["rank_upper"].to_list()


@pytest.mark.parametrize(
    "weights",
    [OWN, {"failures": 60, "petitions": 40, "debt": 0}, {"failures": 0, "petitions": 0, "debt": 30}],
)
def test_own_weights_rank_by_the_weighted_geometric_mean(
    at: Place, built: Sample, weights: dict[str, int]
) -> None:
    own = ranking_weights.queries.reweighted(ranking_weights.parts(there(at)), weights)
    truth = by_hand(built, "county", weights).sort("region_id")
    assert own["region_id"].to_list() == truth["region_id"].to_list()
    assert np.allclose(own["score"], truth["score"])
    assert own["rank"].to_list() == truth["rank"].to_list()
    assert own.filter((pl.col("lower") > pl.col("rank")) | (pl.col("upper") < pl.col("rank"))).height < 20


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_weights_move_by_the_boxes_and_stay_in_the_address(
    run: Run, words: Words, built: Sample, lang: str
) -> None:
    text = Text(lang)
    shown = run("ranking", "sample", tab="stability", lang="" if lang == "zh" else lang)
    assert text("weights.title_method") in words(shown) and "wt" not in shown.query_params
    for code, weight in OWN.items():
        shown.number_input(key=f"weight_{code}_{lang}").set_value(weight)
    shown.run()
    assert shown.query_params["wt"] == WT
    truth = by_hand(built, "prefecture", OWN)
    method = window(built, "mart.ranking", "prefecture").select("region_id", method="rank")
    moved = truth.join(method, on="region_id").filter(pl.col("rank") != pl.col("method"))
    most = (moved["rank"] - moved["method"]).abs().max()
    assert text("weights.title", n=moved.height, most=most) in words(shown)
    shown.number_input(key=f"weight_debt_{lang}").set_value(35).run()
    assert text("weights.scaled", parts="", total=120).strip() in words(shown) and "29.2%" in words(shown)
    shown.button(key=f"weights_reset_{lang}").click().run()
    assert "wt" not in shown.query_params and text("weights.title_method") in words(shown)


@pytest.mark.parametrize(
    "value",
    [
        "failures60",
        "failures60,petitions25,odd15",
        "failures0,petitions0,debt0",
        "x",
        f"{WT},debt1",
        "failures101,petitions1,debt1",
    ],
)
def test_weights_that_are_none_are_said(run: Run, words: Words, value: str) -> None:
    shown = run("ranking", "sample", tab="stability", wt=value)
    said = words(shown)
    assert Text("zh")("frame.bad_link", pairs=f"wt={value}") in said and "wt" not in shown.query_params
    assert Text("zh")("weights.title_method") in said and not shown.exception


def test_what_leaves_carries_the_weights(at: Place) -> None:
    here = panel.leaving(there(at, "prefecture", **OWN))
    card = ranking_weights.card(here)
    whose = "权重由读者自设,不是本方法的权重:失信与整改60%、信访回应25%、债务风险与透明15%"
    assert any(whose in fact for _, fact in panel.facts(here, card))
    picture = panel.picture(here, card)
    assert picture is not None
    assert whose in "".join(note.text for note in picture.layout.annotations).replace("<br>", "")
    assert "昆明" not in str(panel.sheet(here, ranking_weights.card))


def test_an_older_window_has_places_without_ranges(run: Run, words: Words) -> None:
    said, text = words(run("ranking", "sample", tab="stability", p="r2025-06", wt=WT)), Text("zh")
    assert text("ranking.without_intervals") in said and text("weights.no_range") in said
    none = words(run("ranking", "sample", tab="stability", p="r2020-01"))
    assert text("stability.nobody") in none


def test_tiers_are_grounds_where_there_are_several(
    run: Run, words: Words, sealed: ModuleType, built: Sample, tmp_path: Path
) -> None:
    """The sample has one tier, so nothing is drawn; with separated pairs tiers stand behind the rows."""
    frames = {name: built.snapshot.frame(name) for name in built.snapshot.tables}
    sure = frames["mart.rank_interval"]
    split = pl.when(pl.col("rank") > 8).then(2).otherwise("tier").cast(pl.Int32)
    narrow = pl.when(pl.col("rank").is_not_null()).then(0.5)
    separated = sure.with_columns(standard_error=narrow, tier=split)
    certain = frames["mart.level_certainty"].with_columns(separated=pl.lit(0.4))
    changed = frames | {"mart.rank_interval": separated, "mart.level_certainty": certain}
    sealed.write(tmp_path, "full", changed)
    ground = Text("zh")("ranking.tier_ground")
    assert ground not in words(run("ranking", "sample"))
    said = words(run("ranking", home=tmp_path, o="score"))
    assert ground in said and Text("zh")("standing.tier", n="二") in words(
        run("ranking", home=tmp_path, tab="table")
    )
    rows = window(built, "mart.ranking", "prefecture").join(
        separated.select("region_id", "tier"), on="region_id"
    )
    rows = rows.join(frames["ref.region"].drop("region_level"), on="region_id")
    figure = dots.figure(rows, Text("zh"), order="score")
    bands = [shape for shape in figure.layout.shapes if shape.name]
    assert [(band.name, band.y0, band.y1) for band in bands] == [("tier 2", 7.5, 12.5)]
    assert [note.text for note in figure.layout.annotations if note.text.endswith("梯队")] == [
        "第一梯队",
        "第二梯队",
    ]
    assert not tiers.grounds([{"tier": 1}, {"tier": None}])
