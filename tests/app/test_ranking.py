"""区域排名: it says what the snapshot's tables say, and what is missing; choices go by the address."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.i18n import Text
from dashboard.queries import peers, ranking
from tests.sample import Sample
from tests.tables import rows_of

LAST = date(2025, 12, 1)
Run = Callable[..., AppTest]
Words = Callable[[AppTest], str]


def board(built: Sample, level: str, period: date = LAST) -> pl.DataFrame:
    """The ranking of a level, as the snapshot holds it, with the regions' names."""
    table = built.snapshot.frame("mart.ranking")
    regions = built.snapshot.frame("ref.region").drop("region_level")
    return table.filter(
        (pl.col("region_level") == level) & (pl.col("window_kind") == "r12") & (pl.col("period") == period)
    ).join(regions, on="region_id")


@pytest.mark.parametrize("level", ["prefecture", "county"])
def test_table_is_the_snapshots_ranking(run: Run, words: Words, built: Sample, level: str) -> None:
    shown = run("ranking", "sample", tab="table", lvl="c" if level == "county" else "")
    truth = board(built, level).sort("region_id")
    ranked, said = truth["index_score"].count(), words(shown)
    assert f"{truth.height}个{Text('zh')(f'level.{level}')}中{ranked}个参与排名" in said
    assert f"{truth.height - ranked}个暂不参与排名(数据未达要求)" in said
    assert "名次受随机波动影响" in said and "未含不确定区间" in said and "末位" not in said
    rows = rows_of(shown, "排名全表")
    place = 2 if level == "county" else 1
    assert [row[0] for row in rows] == truth["short_zh"].to_list()
    assert [row[place] for row in rows] == [
        "·" if score is None else f"{score:.1f}" for score in truth["index_score"]
    ]
    assert [row[place + 1] for row in rows] == ["–" if rank is None else str(rank) for rank in truth["rank"]]


def test_who_is_not_ranked_stands_on_every_tab_with_the_reason(run: Run, words: Words, built: Sample) -> None:
    apart = board(built, "county").filter(pl.col("state") == "not_ranked")
    assert apart.height
    for tab in ("", "table", "change"):
        said = words(run("ranking", "sample", lvl="c", tab=tab))
        assert f"暂不参与排名(数据未达要求):{apart.height}个" in said
        # 怒江 did not report failures and petitions of August to October.
        assert "失信与整改:36个月中3个月未报送;信访回应:12个月中3个月未报送" in said
        assert all(name in said for name in apart["short_zh"])


def test_a_marked_region_shows_its_facts_beside_its_group(run: Run, words: Words, built: Sample) -> None:
    shown = run("ranking", "sample", lvl="c", a="530628", cmp="prefecture")
    truth = board(built, "county")
    mine = truth.row(by_predicate=pl.col("region_id") == "530628", named=True)
    group = truth.filter(pl.col("parent_id") == mine["parent_id"])
    better = group.filter(pl.col("index_score") > mine["index_score"]).height
    said = words(shown)
    assert f"彝良县{mine['index_score']:.1f}分,全省第{mine['rank']}位" in said
    assert f"昭通{group.height}个县(市、区)中第{better + 1}位" in said
    facts = {row[0]: row[1:] for row in rows_of(shown, "彝良县得分构成")}
    assert facts["综合得分"] == [f"{mine['index_score']:.1f}", f"{group['index_score'].median():.1f}"]
    assert facts["不含债务得分"][0] == f"{mine['index_without_debt']:.1f}"
    assert 'href="./county?lvl=c&amp;a=530628&amp;cmp=prefecture"' in "".join(
        html.proto.body for html in shown.html
    )
    shown.selectbox(key="pick_region_zh").select("530629").run()
    assert shown.query_params["a"] == "530629"


def test_county_marks_its_prefecture_and_order_stays_in_the_address(run: Run, words: Words) -> None:
    shown = run("ranking", "sample", a="530628", tab="table")
    assert shown.selectbox(key="pick_region_zh").value == "530600"
    by_code = [row[0] for row in rows_of(shown, "排名全表")]
    shown.segmented_control(key="order_zh").set_value("score").run()
    rows = rows_of(shown, "排名全表")
    scores = [float(row[1]) for row in rows if row[1] != "·"]
    assert shown.query_params["o"] == "score" and scores == sorted(scores, reverse=True)
    assert sorted(row[0] for row in rows) == sorted(by_code)


def test_movers_are_the_largest_changes(built: Sample) -> None:
    truth = board(built, "county")
    moved = ranking.movers(truth, "530628", 12)
    changes = truth["score_change"].drop_nulls().sort()
    assert moved.height <= 25 and "530628" in moved["region_id"]
    others = moved.filter(pl.col("region_id") != "530628")["score_change"]
    assert set(changes.head(11)) | set(changes.tail(11)) <= set(others)


def test_same_kind_is_one_for_counties_and_autonomous_counties(built: Sample) -> None:
    regions = built.snapshot.frame("ref.region")
    row = regions.row(by_predicate=pl.col("region_id") == "530628", named=True)
    kinds = regions.filter(pl.col("region_id").is_in(peers.of(regions, row, "kind")))["type"]
    assert set(kinds) == {"县", "自治县"} and len(kinds) == 94
    assert len(peers.of(regions, row, "prefecture")) == 11 and len(peers.of(regions, row, "province")) == 129


def test_a_window_before_the_data_ranks_nobody(run: Run, words: Words) -> None:
    said = words(run("ranking", "sample", p="r2020-01"))
    assert "16个州(市)的数据均未达要求,本期没有排名" in said
    assert "失信与整改:早于数据起点;信访回应:早于数据起点" in said


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_bad_tab_and_order_are_said(run: Run, words: Words, lang: str) -> None:
    for key, value in (("tab", "nonsense"), ("o", "pinyin")):
        said = words(run("ranking", "sample", lang=lang, **{key: value}))
        assert Text(lang)("frame.bad_link", pairs=f"{key}={value}") in said


def test_a_snapshot_without_an_index_says_what_to_do(
    run: Run, words: Words, sealed: ModuleType, tmp_path: Path
) -> None:
    sealed.write(tmp_path, "full")
    said = words(run("ranking", home=tmp_path))
    assert "这个快照没有指数和排名" in said and "重新构建快照" in said
