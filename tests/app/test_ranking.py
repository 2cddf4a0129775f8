"""区域排名: it says what the snapshot's tables say, and what is missing; choices go by the address."""

import math
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import NormalDist
from types import ModuleType

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.i18n import Text
from dashboard.queries import pairs, peers, ranking
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


def intervals(built: Sample, level: str) -> pl.DataFrame:
    """How sure the places of a level are, as the snapshot holds it."""
    return built.snapshot.frame("mart.rank_interval").filter(region_level=level)


@pytest.mark.parametrize("level", ["prefecture", "county"])
def test_table_is_the_snapshots_ranking(run: Run, words: Words, built: Sample, level: str) -> None:
    shown = run("ranking", "sample", tab="table", lvl="c" if level == "county" else "")
    truth = board(built, level).sort("region_id")
    ranked, said = truth["index_score"].count(), words(shown)
    assert f"{truth.height}个{Text('zh')(f'level.{level}')}中{ranked}个参与排名" in said
    assert f"{truth.height - ranked}个暂不参与排名(数据未达要求)" in said
    assert "名次受随机波动影响" in said and "末位" not in said
    assert "多数" in said and "无法区分:没有一对能分出高低" in said
    rows = rows_of(shown, "排名全表")
    place = 2 if level == "county" else 1
    assert [row[0] for row in rows] == truth["short_zh"].to_list()
    assert [row[place] for row in rows] == [
        "·" if score is None else f"{score:.1f}" for score in truth["index_score"]
    ]
    sure = intervals(built, level).sort("region_id")
    # The lowest place stands as the range that cannot be told apart: nobody is the last.
    last = truth["rank"].max()
    assert [row[place + 1] for row in rows] == [
        "–" if rank is None else f"{low}—{high}" if rank == last else str(rank)
        for rank, low, high in zip(truth["rank"], sure["own_lower"], sure["own_upper"], strict=True)
    ]
    trend = {"steady": "基本持平", "improved": "提升", "worsened": "下滑"}
    assert [row[place + 2 : place + 6] for row in rows if row[place] != "·"] == [
        [
            f"{row['lower']:.1f}—{row['upper']:.1f}",
            f"{row['own_lower']}—{row['own_upper']}",
            "不分",
            trend[row["trend"]],
        ]
        for row in sure.drop_nulls("rank").to_dicts()
    ]


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
    sure = intervals(built, "county").row(by_predicate=pl.col("region_id") == "530628", named=True)
    places = f"第{sure['own_lower']}—{sure['own_upper']}位"
    assert f"彝良县{mine['index_score']:.1f}分,位次在全省{places}之间,差异不显著" in said
    assert f"90%区间{sure['lower']:.1f}—{sure['upper']:.1f}" in said and f"位次{mine['rank']}" not in said
    assert f"昭通{group.height}个县(市、区)中第{better + 1}位" in said
    facts = {row[0]: row[1:] for row in rows_of(shown, "彝良县得分构成")}
    assert facts["综合得分"] == [f"{mine['index_score']:.1f}", f"{group['index_score'].median():.1f}"]
    assert facts["不含债务得分"][0] == f"{mine['index_without_debt']:.1f}"
    assert 'href="./county?lvl=c&amp;a=530628&amp;cmp=prefecture"' in "".join(
        html.proto.body for html in shown.html
    )
    shown.selectbox(key="pick_region_zh").select("530629").run()
    assert shown.query_params["a"] == "530629"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("level", ["prefecture", "county"])
def test_every_flag_stands_in_the_list(run: Run, words: Words, built: Sample, level: str, lang: str) -> None:
    text = Text(lang)
    shown = run("ranking", "sample", tab="watch", lvl="c" if level == "county" else "", lang=lang)
    flags = built.snapshot.frame("mart.attention").filter(region_level=level)
    named = dict(built.snapshot.frame("ref.region").select("region_id", "short_zh").iter_rows())
    rows = rows_of(shown, text("home.watch_caption"))
    first = 2 if level == "county" else 1
    said = {row[0]: row[first:] for row in rows}
    assert len(rows) == flags["region_id"].n_unique()
    assert sum(bool(cell) for cells in said.values() for cell in cells) == flags.height
    order = ["debt_ratio", "interest_burden", "over_limit", "debtor_listed"]
    for row in flags.filter(pl.col("flag") != "fallen").to_dicts() if lang == "zh" else []:
        places = 0 if row["flag"] == "debtor_listed" else 1
        assert said[named[row["region_id"]]][order.index(row["flag"])] == f"{row['value']:.{places}f}"
    assert {"zh": f"{len(rows)}个地区触线", "en": f"{len(rows)} regions reached a limit"}[lang] in words(
        shown
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_same_kind_is_the_nearest_peers_of_the_region(
    run: Run, words: Words, built: Sample, lang: str
) -> None:
    text, truth = Text(lang), board(built, "county")
    peer = built.snapshot.frame("mart.peer").filter(region_id="530628")["peer_id"].to_list()
    group = truth.filter(pl.col("region_id").is_in(["530628", *peer]))
    shown = run("ranking", "sample", lvl="c", a="530628", cmp="kind", tab="table", lang=lang)
    rows = rows_of(shown, text("ranking.board"))
    scores = [row[2] for row in rows]
    assert scores == ["·" if one is None else f"{one:.1f}" for one in group["index_score"]]
    said = words(run("ranking", "sample", lvl="c", a="530628", cmp="kind", lang=lang))
    assert text("peers.nearest_county", n=len(peer)) in said
    facts = rows_of(run("ranking", "sample", lvl="c", a="530628", cmp="kind"), "彝良县得分构成")
    assert facts[0][2] == f"{group['index_score'].median():.1f}"
    # Without a region every one is beside its administrative type, and the words say so.
    assert text("ranking.reference_kind") in words(run("ranking", "sample", lvl="c", cmp="kind", lang=lang))
    alone = peers.nearest(
        built.snapshot.frame("mart.peer").clear(), {"region_level": "county", "region_id": "530628"}, "county"
    )
    assert alone == []


def test_a_pair_is_answered_in_words(run: Run, words: Words, built: Sample) -> None:
    """The neighbours of a county, and one of them in a sentence, recomputed from the snapshot."""
    near = built.snapshot.frame("ref.neighbour").filter(region_id="530628")["neighbour_id"].to_list()
    sure = {row["region_id"]: row for row in intervals(built, "county").drop_nulls("rank").to_dicts()}
    mine = sure["530628"]
    near = [code for code in near if code in sure]
    shown = run("ranking", "sample", lvl="c", a="530628")
    rows = rows_of(shown, "与彝良县的成对比较")
    gaps = [mine["index_score"] - sure[code]["index_score"] for code in near]
    assert len(rows) == len(near) > 2
    assert [row[1] for row in rows] == [f"{gap:+.1f}".replace("-", "−") for gap in gaps]
    for code, gap in zip(near, gaps, strict=True):
        error = math.hypot(mine["standard_error"], sure[code]["standard_error"])
        normal = NormalDist(gap, error)
        said = words(run("ranking", "sample", lvl="c", a="530628", b=code))
        chance = 1 - normal.cdf(0)
        low, high = normal.inv_cdf(0.05), normal.inv_cdf(0.95)
        assert ("不能区分:彝良县" in said) == (low < 0 < high)
        assert f"相差{abs(gap):.1f}分(90%区间{low:+.1f}至{high:+.1f}".replace("-", "−") in said
        assert f"彝良县较好的概率为{100 * chance:.0f}%" in said


def test_a_sure_difference_is_said_as_such(built: Sample) -> None:
    board = intervals(built, "county").drop_nulls("rank").with_columns(standard_error=pl.lit(1e-6))
    best, worst = (board.sort("index_score", descending=up)["region_id"][0] for up in (True, False))
    found = pairs.against(board, best, [worst, "530000"], 0.9)
    assert found["claim"].to_list() == [1.0] and found["lower"][0] > 0 and found["probability"][0] > 0.99
    assert pairs.alike(board, best, 4.0) == [best]
    moved = board.with_columns(
        trend=pl.when(pl.col("region_id") == best).then(pl.lit("improved")).otherwise("trend"),
        score_change=pl.lit(1.0),
    )
    assert ranking.significant(moved, worst)["region_id"].sort().to_list() == sorted([best, worst])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_change_of_counties_shows_only_what_is_sure(run: Run, words: Words, built: Sample, lang: str) -> None:
    assert set(intervals(built, "county")["trend"]) == {"steady", "unknown"}
    steady = intervals(built, "county").filter(trend="steady").height
    said, text = words(run("ranking", "sample", lvl="c", tab="change", lang=lang)), Text(lang)
    assert text("ranking.movers_sure_none", steady=steady) in said and text("ranking.movers_empty") in said


def test_another_window_says_that_it_has_no_intervals(run: Run, words: Words) -> None:
    said = words(run("ranking", "sample", p="r2025-06", a="530600"))
    assert Text("zh")("ranking.without_intervals") in said and "多数州(市)无法区分" not in said


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
    none = built.snapshot.frame("mart.peer").clear()
    kinds = regions.filter(pl.col("region_id").is_in(peers.of(regions, row, "kind", none)))["type"]
    assert set(kinds) == {"县", "自治县"} and len(kinds) == 94
    counts = [len(peers.of(regions, row, basis, none)) for basis in ("prefecture", "province")]
    assert counts == [11, 129]


def test_a_window_before_the_data_ranks_nobody(run: Run, words: Words) -> None:
    said = words(run("ranking", "sample", p="r2020-01"))
    assert "16个州(市)的数据均未达要求,本期没有排名" in said
    assert "失信与整改:早于数据起点;信访回应:早于数据起点" in said


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_bad_values_are_said(run: Run, words: Words, lang: str) -> None:
    for key, value in (("tab", "nonsense"), ("o", "pinyin"), ("b", "530999")):
        said = words(run("ranking", "sample", lang=lang, **{key: value}))
        assert Text(lang)("frame.bad_link", pairs=f"{key}={value}") in said


def test_a_snapshot_without_an_index_says_what_to_do(
    run: Run, words: Words, sealed: ModuleType, tmp_path: Path
) -> None:
    sealed.write(tmp_path, "full")
    said = words(run("ranking", home=tmp_path))
    assert "这个快照没有指数和排名" in said and "重新构建快照" in said
