"""州(市): its numbers are those of the snapshot; counties open by link; what was not reported is said."""

from collections.abc import Callable
from datetime import date
from html import escape
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.i18n import Text
from dashboard.queries import prefecture
from tests.sample import Sample
from tests.tables import rows_of

LAST = date(2025, 12, 1)
Run = Callable[..., AppTest]
Words = Callable[[AppTest], str]


def values(built: Sample, kind: str, indicator: str, period: date = LAST) -> dict[str, dict[str, object]]:
    """An indicator's rows in one window by region."""
    rows = built.snapshot.frame("mart.indicator_value").filter(
        (pl.col("window_kind") == kind) & (pl.col("period") == period) & (pl.col("indicator_id") == indicator)
    )
    return {row["region_id"]: row for row in rows.iter_rows(named=True)}


def counties_of(built: Sample, code: str) -> pl.DataFrame:
    """The counties of a prefecture in code order."""
    return (
        built.snapshot.frame("ref.region")
        .filter((pl.col("region_level") == "county") & (pl.col("parent_id") == code))
        .sort("region_id")
    )


def test_score_figures_and_counties_are_the_snapshots(run: Run, words: Words, built: Sample) -> None:
    shown = run("prefecture", "sample", a="530600", i="petition_repeat", cmp="kind")
    said, body = words(shown), "".join(html.proto.body for html in shown.html)
    ranking = built.snapshot.frame("mart.ranking").filter(
        (pl.col("window_kind") == "r12") & (pl.col("period") == LAST)
    )
    mine = ranking.row(by_predicate=pl.col("region_id") == "530600", named=True)
    assert f"昭通得分{mine['index_score']:.1f}," in said and f"第{mine['rank']}位," in said
    assert "最相近的8个州(市)及本州(市)" in said and "名次受随机波动影响" in said

    counties = counties_of(built, "530600")
    truth, ytd = values(built, "r12", "petition_repeat"), values(built, "ytd", "petition_repeat")
    text, unit = Text("zh"), {"kind": "ratio", "unit_zh": "%"}
    rows = rows_of(shown, "重复信访率")
    assert [row[0] for row in rows] == counties["short_zh"].to_list()
    for row, code in zip(rows, counties["region_id"], strict=True):
        mine = {**truth[code], **unit}
        assert row[1] == text.value(mine)
        assert row[2:4] == [text.change(mine, f"change_{name}") for name in ("previous", "year_ago")]
        assert row[4] == text.value({**ytd[code], **unit})
        assert f'href="./county?a={code}&amp;i=petition_repeat&amp;cmp=kind"' in body

    figures = {row[0].removesuffix("%"): row for row in rows_of(shown, "昭通各项指标")}
    assert len(figures) == built.snapshot.frame("ref.indicator").height
    near = built.snapshot.frame("mart.peer").filter(region_id="530600")["peer_id"]
    regions = ["530600", *near]
    median = pl.Series([truth[code]["value"] for code in regions]).median()
    assert figures["重复信访率"][1] == text.value({**truth["530600"], **unit})
    assert figures["重复信访率"][5] == f"{median:.1f}"


def test_matrix_holds_every_score(run: Run, built: Sample) -> None:
    rows = rows_of(run("prefecture", "sample", a="530600"), "各县(市、区)各项得分")
    scores = built.snapshot.frame("mart.indicator_score").filter(
        (pl.col("window_kind") == "r12") & (pl.col("period") == LAST)
    )
    order = built.snapshot.frame("ref.indicator").sort("sort_order")["indicator_id"].to_list()
    for row, code in zip(rows, counties_of(built, "530600")["region_id"], strict=True):
        mine = {cell["indicator_id"]: cell for cell in scores.filter(pl.col("region_id") == code).to_dicts()}
        shown = [mine[name] for name in order if name in mine and mine[name]["score_state"] != "left_out"]
        assert row[1:] == [
            "–"
            if cell["score_state"] == "not_applicable"
            else "·"
            if cell["score"] is None
            else f"{cell['score']:.0f}"
            for cell in shown
        ]


def test_warnings_are_all_those_of_the_prefecture(run: Run, words: Words, built: Sample) -> None:
    shown = run("prefecture", "sample", a="532800", p="m2025-09")
    inside = ["532800", *counties_of(built, "532800")["region_id"]]
    truth = built.snapshot.frame("mart.warning").filter(
        pl.col("region_id").is_in(inside) & pl.col("period").is_between(date(2024, 10, 1), date(2025, 9, 1))
    )
    assert truth.height > 1
    said, body = words(shown), "".join(html.proto.body for html in shown.html)
    assert f"共{truth.height}条预警提示(待核查)" in said
    top = truth.sort("level", "p_value")["warning_id"][0]
    assert "最重的预警提示(待核查)" in said
    for warning in truth["warning_id"]:
        assert escape(f"w={warning}") in body
    first = body.split("zx-top")[1].split("</p>")[0]
    assert f"w={top}" in first
    # A month has no index: the score is that of the twelve months to its end.
    assert "2024年10月—2025年9月(近12个月)" in said


def test_months_not_reported_are_no_quiet_months(run: Run, words: Words) -> None:
    shown = run("prefecture", "sample", a="533300")
    said = words(shown)
    assert "2025年8—10月有来源未报送,未能全部检验:没有提示不等于没有异常" in said
    assert "怒江州暂不参与排名(数据未达要求)" in said
    months = {row[0]: row[1:] for row in rows_of(shown, "各月预警提示条数")}
    assert months["2025年9月"] == ["·"] * 4 and months["2025年7月"] == ["0"] * 4
    assert "各县(市、区)失信事项发生率均没有数值" in said


def test_volume_is_no_merit_and_choice_stays_in_the_address(run: Run, words: Words) -> None:
    shown = run("prefecture", "sample", a="530628")
    assert shown.selectbox(key="area_zh").value == "530600"
    shown.selectbox(key="pick_indicator_zh").select("petition_volume").run()
    assert shown.query_params["i"] == "petition_volume"
    assert "信访登记量不评分、不排名" in words(shown)
    shown.selectbox(key="pick_indicator_zh").select("failure_rate").run()
    assert "i" not in shown.query_params


def test_pictures_have_the_median_of_the_counties(built: Sample) -> None:
    every = built.snapshot.frame("mart.indicator_value")
    codes = counties_of(built, "530600")["region_id"].to_list()
    ends = prefecture.ends("r12", date(2025, 6, 1))
    windows = [every.filter(pl.col("window_kind") == "r12", pl.col("period") == end) for end in ends]
    found = prefecture.series(windows, codes, "failure_rate")
    assert found["period"].n_unique() == 24 and found["period"].max() == date(2025, 6, 1)
    truth = values(built, "r12", "failure_rate", date(2025, 1, 1))
    at = found.filter(pl.col("period") == date(2025, 1, 1))
    assert at["value"].to_list() == [truth[code]["value"] for code in codes]
    assert prefecture.ends("quarter", date(2025, 6, 1))[:2] == [date(2022, 9, 1), date(2022, 12, 1)]
    assert at["benchmark"][0] == pytest.approx(pl.Series([truth[code]["value"] for code in codes]).median())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_snapshot_without_counties_and_index_says_so(
    run: Run, words: Words, sealed: ModuleType, tmp_path: Path, lang: str
) -> None:
    sealed.write(tmp_path, "full")
    shown = run("prefecture", home=tmp_path, lang=lang)
    assert not shown.exception
    assert Text(lang)("ranking.no_tables") in words(shown)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_header_and_counties_say_how_sure_they_are(run: Run, words: Words, built: Sample, lang: str) -> None:
    """Score, interval, places that cannot be told apart and trend are those of mart.rank_interval."""
    text = Text(lang)
    said = words(run("prefecture", "sample", a="530600", lang="" if lang == "zh" else lang))
    sure = {row["region_id"]: row for row in built.snapshot.frame("mart.rank_interval").to_dicts()}
    own = sure["530600"]
    ends = {key: f"{own[key]:.1f}" for key in ("lower", "upper")}
    assert text("standing.interval", **ends) in said
    assert text(f"standing.trend_{own['trend']}") in said
    shown = run("prefecture", "sample", a="530600", lang="" if lang == "zh" else lang)
    rows = rows_of(shown, text("prefecture.standing_table"))
    flags = built.snapshot.frame("mart.attention")
    for row, code in zip(rows, counties_of(built, "530600")["region_id"], strict=True):
        one = sure[code]
        if one["index_score"] is None:
            assert row[1] == "·"
            continue
        assert row[1:3] == [f"{one['index_score']:.1f}", f"{one['lower']:.1f}–{one['upper']:.1f}"]
        assert str(one["rank"]) in row[3] and f"{one['own_lower']}–{one['own_upper']}" in row[3]
        assert row[5] == text(f"standing.word_{one['trend']}")
        assert (row[6] == "–") is flags.filter(region_id=code).is_empty()
    course = rows_of(shown, text("prefecture.index_course"))
    truth = built.snapshot.frame("mart.ranking").filter(region_id="530600", window_kind="r12").sort("period")
    scores = [f"{score:.1f}" for score in truth["index_score"].tail(13).reverse()]
    assert [row[1] for row in course] == scores
