"""县(市、区): its numbers recomputed from the tables, its ways by click and box, what is missing."""

import statistics
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import table
from dashboard.here import Here
from dashboard.i18n import Text
from dashboard.wording import (
    county,
    county_course,
    county_peers,
    county_score,
    county_spine,
    county_warnings,
    standing,
)
from pipelines import api
from tests.sample import Sample

Run = Callable[..., AppTest]
Words = Callable[[AppTest], str]
At = Callable[..., Here]
LAST = date(2025, 12, 1)
COUNTY, UNRANKED = "530325", "533301"


def filed(card: Any) -> list[dict[str, Any]]:
    """The rows of a card's table as files hold them, by heading."""
    heads = [column.label for column in card.table.columns]
    return [dict(zip(heads, row, strict=True)) for row in table.in_file_rows(card.table)]


def mine(built: Sample, name: str, area: str, **where: object) -> pl.DataFrame:
    rows = built.snapshot.frame(name).filter(pl.col("region_id") == area)
    return rows.filter(*(pl.col(key) == value for key, value in where.items()))


def test_identity_is_that_of_the_tables(built: Sample, at: At) -> None:
    near = {COUNTY, *mine(built, "mart.peer", COUNTY)["peer_id"]}
    assert len(near) == 9
    sure = mine(built, "mart.rank_interval", COUNTY).row(0, named=True)
    for comparator, inside in (
        ("province", lambda row: True),
        ("prefecture", lambda row: row["parent_id"] == "530300"),
        ("kind", lambda row: row["region_id"] in near),
    ):
        card = county.identity(at(COUNTY, comparator=comparator))
        said = {row["项目"]: row["内容"] for row in filed(card)}
        row = mine(built, "mart.ranking", COUNTY, window_kind="r12", period=LAST).row(0, named=True)
        assert f"得分{row['index_score']:.1f}" in card.title
        assert f"区间{sure['lower']:.1f}—{sure['upper']:.1f}" in said["得分"]
        assert said["位次"].startswith(f"第{row['rank']}位,")
        assert {"steady": "较上年基本持平"}[sure["trend"]] == said["趋势"]
        regions = {one["region_id"]: one for one in built.snapshot.frame("ref.region").to_dicts()}
        scores = [
            one["index_score"]
            for one in built.snapshot.frame("mart.ranking")
            .filter(region_level="county", window_kind="r12", period=LAST)
            .to_dicts()
            if one["index_score"] is not None and inside(regions[one["region_id"]])
        ]
        better = sum(score > row["index_score"] + 1e-9 for score in scores)
        assert said["比较对象中"] == f"第{better + 1}位(共{len(scores)}个)"
    assert said["类型"] == "县" and said["机关单位"].endswith("家")
    values = mine(built, "mart.indicator_value", COUNTY, window_kind="r12", period=LAST, status="value")
    assert f"中{values.height}项有数值" in said["数据情况"]


def test_a_county_not_ranked_says_why(built: Sample, at: At) -> None:
    row = mine(built, "mart.ranking", UNRANKED, window_kind="r12", period=LAST).row(0, named=True)
    assert row["state"] == "not_ranked"
    card = county.identity(at(UNRANKED))
    said = {line["项目"]: line["内容"] for line in filed(card)}
    assert "暂不参与排名" in card.title and "未报送" in said["原因"]
    assert "缺失" in str(filed(county_score.makeup(at(UNRANKED), "failure_rate", None)))


@pytest.mark.parametrize("comparator", ["province", "kind", "prefecture"])
def test_makeup_adds_up_and_medians_are_the_groups(built: Sample, at: At, comparator: str) -> None:
    here = at(COUNTY, comparator=comparator)
    rows = county.breakdown(here, True).to_dicts()
    codes, window = set(county.codes(here)), {"window_kind": "r12", "period": LAST}
    scores = built.snapshot.frame("mart.indicator_score").filter(**window).to_dicts()
    values = built.snapshot.frame("mart.indicator_value").filter(**window).to_dicts()
    dimensions = {row["code"]: row for row in rows if row["part"] == "dimension"}
    assert list(dimensions) == ["failures", "petitions", "debt"]
    for code, dimension in dimensions.items():
        inside = [row for row in rows if row["part"] == "indicator" and row["dimension"] == code]
        assert sum(row["lost"] for row in inside) == pytest.approx(100 - dimension["score"], abs=1e-5)
    for row in rows:
        if row["part"] == "dimension":
            continue
        peers = [
            one["value"] for one in values if one["region_id"] in codes and one["indicator_id"] == row["code"]
        ]
        known = [value for value in peers if value is not None]
        assert row["median"] == (pytest.approx(statistics.median(known)) if known else None)
        judged = [
            one["score"]
            for one in scores
            if one["region_id"] in codes
            and one["indicator_id"] == row["code"]
            and one["score_state"] == "value"
        ]
        assert row["benchmark"] == (pytest.approx(statistics.median(judged)) if judged else None)
    shown = filed(county_spine.profile(here, "failure_rate"))
    assert len(shown) == 3 + 21
    numbers = mine(built, "mart.indicator_value", COUNTY, **window)
    told = dict(zip(numbers["indicator_id"], numbers["value"], strict=True))
    for row, line in zip(rows, shown, strict=True):
        if row["part"] != "dimension" and told[row["code"]] is not None:
            assert line["数值"] == told[row["code"]] and line["单位"] == row["unit_zh"]


def test_makeup_shows_value_prior_estimate_and_what_is_lost(built: Sample, at: At) -> None:
    card = county_score.makeup(at(COUNTY), "failure_rate", None)
    lines = {line["指标"]: line for line in filed(card)}
    window = {"window_kind": "r12", "period": LAST}
    assert len(lines) == 3 + 17
    names = {row["indicator_id"]: row for row in built.snapshot.frame("ref.indicator").to_dicts()}
    priors = {
        row["indicator_id"]: row["mean"]
        for row in built.snapshot.frame("ref.prior")
        .filter(year=2025, region_level="county", prior_group="counties")
        .to_dicts()
    }
    for row in mine(built, "mart.indicator_score", COUNTY, **window).to_dicts():
        line, name = lines[names[row["indicator_id"]]["name_zh"]], names[row["indicator_id"]]
        if row["score_state"] == "left_out":
            assert line["扣分(分)"] == "–" and line["得分依据"] == "各地均未报送,未计"
            continue
        assert line["扣分(分)"] == -row["lost"] and line["得分(分)"] == row["score"]
        assert (line["估计值"], line["未收缩得分"]) == (row["estimate"], row["raw_score"])
        if name["model"] != "X":
            assert line["先验(通常水平)"] == pytest.approx(priors[row["indicator_id"]] * name["scale"])
    score = mine(built, "mart.ranking", COUNTY, **window)["index_score"][0]
    assert f"综合得分{score:.1f} = " in card.body and "<sup>0.45</sup>" in card.body


def test_the_spine_lies_as_the_tables_say(built: Sample, at: At) -> None:
    """Places recomputed from the values: the benchmark in the middle, better to the right, peers by place."""
    here = at(COUNTY)
    rows = {row["code"]: row for row in county_spine.rows(here).to_dicts()}
    values = built.snapshot.frame("mart.indicator_value").filter(
        window_kind="r12", period=LAST, region_level="county"
    )
    near = mine(built, "mart.peer", COUNTY)["peer_id"].to_list()
    for code, sign in (("petition_satisfied", 1), ("petition_repeat", -1), ("failure_rate", -1)):
        every = dict(values.filter(indicator_id=code).select("region_id", "value").iter_rows())
        known = sorted(value for value in every.values() if value is not None)
        own, median, row = every[COUNTY], statistics.median(known), rows[code]
        assert row["median"] == pytest.approx(median)
        assert (row["dot"] > 0) is (sign * (own - median) > 0)
        peers = [every[peer] for peer in near if every[peer] is not None]
        assert row["place"] == 1 + sum(sign * value > sign * own for value in peers)
        assert row["place_count"] == 1 + len(peers)
        assert row["peer_median"] == pytest.approx(statistics.median(peers))
    assert {row["trend"] for row in rows.values()} <= {"improved", "worsened", "steady", "unknown"}
    # A mark lies on the side it claims, for all counties.
    told = {"above": 0, "below": 0}
    for code in values["region_id"].unique().sort().to_list()[::4]:
        for row in county_spine.rows(at(code)).filter(pl.col("against") != "near").to_dicts():
            assert (row["dot"] > 0) is (row["against"] == "above"), (code, row["code"])
            told[row["against"]] += 1
    assert min(told.values()) > 0
    # Nobody is told apart on a handful of cases, and a month has no scores to be sure of.
    assert rows["rectified_on_time"]["against"] == "near"
    month = county_spine.rows(at(COUNTY, kind="month")).filter(pl.col("part") != "dimension")
    assert set(month["against"]) == {"near"} and set(month["trend"]) == {"unknown"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_peers_come_with_their_reasons_and_guards_with_their_numbers(
    built: Sample, at: At, lang: str
) -> None:
    here, text = at(COUNTY, lang), Text(lang)
    near = mine(built, "mart.peer", COUNTY).sort("nearness")
    card = county_peers.near(here)
    rows = filed(card)
    names = {row["region_id"]: row for row in built.snapshot.frame("ref.region").to_dicts()}
    assert [row[text("ranking.region")] for row in rows] == [
        text.of(names[code], "name") for code in [COUNTY, *near["peer_id"]]
    ]
    first = near.row(0, named=True)
    gaps = {key: abs(first[f"{key}_gap"]) for key in county_peers.FEATURES}
    for key, gap in gaps.items():
        said = text(f"peers.short_{key}")
        alike = [part for part in rows[1][text("peers.why")].split(text.join(["", ""])) if said in part]
        assert len(alike) == 1 and (gap > county_peers.ALIKE) is (
            text("peers.some_more", name=said) in alike
            or text("peers.some_less", name=said) in alike
            or text("peers.much_more", name=said) in alike
            or text("peers.much_less", name=said) in alike
        )
    guards = {
        row[text("county.item")]: row[text("county.content")] for row in filed(county_peers.guarded(here))
    }
    for source, line in mine(built, "mart.nil_return", COUNTY).rows_by_key("source", named=True).items():
        told = text(
            "standing.nil_of",
            source=text(f"source.{source}"),
            signed=line[0]["months_signed"],
            nil=line[0]["months_nil"],
        )
        assert told in guards[text("standing.nil")]
    row = mine(built, "mart.ranking", COUNTY, window_kind="r12", period=LAST).row(0, named=True)
    assert f"{row['raw_index_score']:.1f}" in guards[text("standing.raw")]
    assert f"{row['index_without_debt']:.1f}" in guards[text("ranking.without_debt")]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_would_move_it_is_listed_or_said_to_be_not_enough(
    at: At, sealed: ModuleType, tmp_path: Path, lang: str
) -> None:
    """Of a table made by hand: what is enough alone with its numbers; without any, that nothing is."""
    text, here = Text(lang), at(COUNTY)
    base = {
        "region_id": COUNTY,
        "region_level": "county",
        "period": LAST,
        "aim": "tier",
        "target_score": 81.25,
    }
    rows = [
        ("petition_satisfied", "enough", 97.0, 99.5, 1.0, 81.3),
        ("failure_rate", "enough", 1.5, 0.25, -1.5, 81.4),
        ("debt_ratio", "not_enough", 120.0, None, None, 76.0),
    ]
    names = ("indicator_id", "outcome", "value", "needed", "cases", "index_reached")
    schema = {"value": pl.Float64, "needed": pl.Float64, "cases": pl.Float64}
    made = pl.DataFrame([base | dict(zip(names, row, strict=True)) for row in rows], schema_overrides=schema)
    kept = {name: here.frame(name) for name in ("ref.indicator", "mart.ranking")}
    for number, shown in enumerate((made, made.filter(pl.col("outcome") == "not_enough"))):
        home = tmp_path / str(number)
        home.mkdir()
        sealed.write(home, "full", kept | {"mart.improvement": shown})
        place = at(COUNTY, lang, snapshot=api.open_snapshot(home))
        assert "moves" in county_peers.beside(place)
        card, aim = county_peers.moves(place), text("moves.aim_tier")
        assert text("moves.target", aim=aim, score="81.2") in card.body
        if number:
            assert card.title == text("moves.not_enough", aim=aim)
            continue
        assert card.title == text("moves.title", n=2, aim=aim)
        lines = filed(card)
        assert [line[text("moves.needed")] for line in lines] == [0.25, 99.5]
        assert [line[text("moves.cases")] for line in lines] == [-1.5, 1.0]


def test_flags_are_those_of_the_table(built: Sample, at: At) -> None:
    flagged = built.snapshot.frame("mart.attention").filter(region_level="county")
    for flag in flagged["flag"].unique():
        row = flagged.filter(flag=flag).row(0, named=True)
        said = "".join(standing.flags(at(COUNTY), row["region_id"]))
        assert (f"{row['value']:.1f}" in said) or (f"{row['value']:.0f}家" in said), flag
    every, some = (
        set(built.snapshot.frame(f"mart.{name}")["region_id"]) for name in ("ranking", "attention")
    )
    quiet = sorted(every - some)
    assert "没有触线事项" in standing.flag_line(at(COUNTY), quiet[0])


@pytest.mark.parametrize("code", ["failure_events", "petitions_repeated", "petition_volume"])
def test_channel_is_the_tables_and_marks_its_own_warnings(built: Sample, at: At, code: str) -> None:
    card = county_course.channel(at("532529", period=date(2024, 6, 1)), code, date(2023, 9, 1))
    rows = mine(built, "mart.warning_channel", "532529", channel=code).filter(
        pl.col("period").is_between(date(2021, 7, 1), date(2024, 6, 1))
    )
    lines = filed(card)[::-1]
    assert [line["实际值"] for line in lines] == rows.sort("period")["observed"].to_list()
    assert [line["预期值"] for line in lines] == [
        "–" if value is None else value for value in rows.sort("period")["expected"]
    ]
    led = mine(built, "mart.warning", "532529", lead_channel=code).filter(
        pl.col("period").is_between(date(2021, 7, 1), date(2024, 6, 1))
    )
    assert sum(bool(line["预警提示"]) for line in lines) == led.height
    assert f"共{rows['observed'].sum():,.0f}件" in card.title
    marked = [trace for trace in card.chart.data if (trace.name or "").startswith("level ")]
    assert sum(len(trace.x) for trace in marked) == led.height


def test_provisional_months_are_shaded_and_said(built: Sample, at: At) -> None:
    lines = filed(county_course.channel(at(COUNTY), "failure_events", None))
    late = mine(built, "mart.warning_channel", COUNTY, channel="failure_events").filter(
        pl.col("completeness") < 0.8
    )
    assert late.height > 0
    assert sum("初步数" in line["状态"] for line in lines) == late.height


@pytest.mark.parametrize("code", ["petition_satisfied", "debt_ratio", "failure_rate"])
def test_indicator_has_its_parts_changes_and_cumulative_value(built: Sample, at: At, code: str) -> None:
    here = at(COUNTY, kind="month", period=date(2025, 6, 1))
    card = county_course.indicator(here, code, None)
    month = mine(built, "mart.indicator_value", COUNTY, window_kind="month", indicator_id=code)
    rows = month.filter(pl.col("period").is_between(date(2022, 7, 1), date(2025, 6, 1))).sort("period")
    lines = filed(card)[::-1]
    assert len(lines) == 36
    for row, line in zip(rows.iter_rows(named=True), lines, strict=True):
        shown = next(value for head, value in line.items() if head.startswith("数值"))
        assert shown == row["value"] if row["value"] is not None else shown in ("·", "–")
        assert (line["数据状态"] == "有数值") is (row["status"] == "value")
    now = rows.row(-1, named=True)
    ytd = mine(
        built, "mart.indicator_value", COUNTY, window_kind="ytd", indicator_id=code, period=date(2025, 6, 1)
    ).row(0, named=True)
    if ytd["value"] is not None:
        assert f"{ytd['value']:.0f}" in card.body or f"{ytd['value']:.1f}" in card.body
    assert "(2025年1—6月)" in card.body
    if code == "petition_satisfied":
        assert f"{now['numerator']:.0f} / {now['denominator']:.0f}" in card.body


def test_missing_says_why(at: At) -> None:
    here = at(UNRANKED)
    card = county_course.indicator(here, "failure_rate", None)
    assert "没有数值:未报送(36个月中3个月)" in card.title
    rows = {row["指标"]: row for row in filed(county_spine.profile(here, "failure_rate"))}
    assert rows["失信事项发生率"]["数据状态"] == "未报送(36个月中3个月)"
    assert rows["债务率(按法定债务测算)"]["数据状态"] == "未到报送期"


def test_warnings_are_listed_with_their_links(built: Sample, at: At) -> None:
    rows = mine(built, "mart.warning", "532529").filter(pl.col("period") <= date(2024, 6, 1))
    here = at("532529", period=date(2024, 6, 1))
    card = county_warnings.listed(here)
    kept = rows.filter(pl.col("period") >= date(2021, 7, 1))
    assert f"{kept.height}条预警提示(待核查)" in card.title
    html = table.html(card.table)
    assert all(f"w={code}" in html for code in kept["warning_id"])
    assert f"共{kept.height}条" in county_warnings.timeline(here).title
    assert "不等于没有问题" in county_warnings.listed(at(UNRANKED)).body


def test_boxes_are_the_second_path(run: Run, words: Words, built: Sample) -> None:
    """An indicator, its channel, a month: the address follows, and the records are as many as plotted."""
    page = run("county", "sample", a="532529", p="r2024-06", cmp="kind")
    assert "还没有选定月份" in words(page) and not page.exception
    page.selectbox(key="pick_indicator_zh").select("petition_repeat").run()
    assert page.query_params["i"] == "petition_repeat" and "重复信访:36个月共" in words(page)
    page.selectbox(key="pick_month_zh").select("2023-09").run()
    assert page.query_params["m"] == "2023-09"
    observed = mine(
        built, "mart.warning_channel", "532529", channel="petitions_repeated", period=date(2023, 9, 1)
    )["observed"][0]
    assert f"合计 {observed:.0f} = 图中 {observed:.0f} ✓" in words(page)
    page.selectbox(key="pick_channel_zh").select("failure_events").run()
    assert page.query_params["ch"] == "failure_events" and "2023年9月失信事项(按发生月)0件" in words(page)
    assert {key: page.query_params[key] for key in ("a", "p", "cmp")} == {
        "a": "532529",
        "p": "r2024-06",
        "cmp": "kind",
    }


def test_a_month_not_on_the_chart_is_refused(run: Run, words: Words) -> None:
    page = run("county", "sample", a=COUNTY, m="1999-01")
    assert "链接中的 m=1999-01" in words(page) and "m" not in page.query_params
    assert not page.exception and "还没有选定月份" in words(page)


def test_values_of_a_month_stand_beside_scores_of_a_year(run: Run, words: Words) -> None:
    said = words(run("county", "sample", a=COUNTY, p="m2025-06"))
    assert "数值为2025年6月,得分为2024年7月—2025年6月(近12个月)。" in said


def test_without_scores_and_warnings_the_page_says_so(run: Run, words: Words) -> None:
    for case in ("full", "failures_only"):
        page = run("county", case)
        assert not page.exception and "这个快照没有得分和预警" in words(page)


def test_without_the_store_only_the_records_are_missing(
    run: Run, words: Words, built: Sample, tmp_path: Path
) -> None:
    (tmp_path / "snapshots").mkdir()
    (tmp_path / "snapshots" / built.snapshot.id).symlink_to(built.snapshot.path)
    (tmp_path / "CURRENT").write_text(built.snapshot.id, encoding="utf-8")
    said = words(run("county", home=tmp_path, a=COUNTY, ch="petition_volume", m="2025-03"))
    assert "本机没有原始记录" in said and "信访登记量:36个月共" in said
