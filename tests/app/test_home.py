"""首页: late data first, every number of the sentence a link to where it comes from, nothing hidden."""

import html
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.export import codenames
from dashboard.here import Here
from dashboard.i18n import LANGUAGES, Text
from dashboard.queries import overview
from dashboard.state import Selection
from dashboard.wording import overview as wording
from dashboard.wording import overview_figures, overview_news, overview_watch
from tests.sample import Sample

Run = Callable[..., AppTest]
Words = Callable[[AppTest], str]
MONTHS = [date(2025, 7, 1), date(2025, 8, 1), date(2025, 10, 1), date(2025, 11, 1), date(2025, 12, 1)]


@pytest.fixture(scope="module")
def at(built: Sample) -> Callable[..., Here]:
    """Where a reader of the sample is: `at(date(2025, 8, 1), "month")`."""

    def make(period: date = MONTHS[-1], kind: str = "r12", area: str = "530000", lang: str = "zh") -> Here:
        regions = codenames.named(built.snapshot.frame("ref.region"), False)
        chosen = None if area == "530000" else area
        return Here(
            snapshot=built.snapshot,
            text=Text(lang),
            page="home",
            selection=Selection(lang=lang, kind=kind, period=period, area=chosen),
            kind=kind,
            period=period,
            area=regions.row(by_predicate=pl.col("region_id") == area, named=True),
            level="prefecture",
            comparator="province",
            regions=regions,
            coded=False,
        )

    return make


def raised(built: Sample, month: date, inside: str = "53") -> list[dict[str, object]]:
    """The warnings of a month that leaders see."""
    rows = built.snapshot.frame("mart.warning").filter(pl.col("period") == month).to_dicts()
    return [row for row in rows if not row["volume_only"] and row["region_id"].startswith(inside)]


@pytest.mark.parametrize("month", MONTHS)
def test_sentence_counts_what_the_model_raised(built: Sample, at: Callable[..., Here], month: date) -> None:
    said = overview_news.sentence(at(month))
    mine, words = raised(built, month), html.unescape(re.sub(r"<[^>]*>", "", said))
    assert f"{month.year}年{month.month}月全省新增预警提示(待核查){len(mine)}条" in words
    for level, word in enumerate(("一级", "二级", "三级", "四级"), start=1):
        count = sum(row["level"] == level for row in mine)
        assert (f"{word}{count}条" in words) is bool(count)
    prefectures = {str(row["region_id"])[:4] for row in mine}
    counties = {row["region_id"] for row in mine if row["region_level"] == "county"}
    assert f"涉及{len(prefectures)}个州(市)、{len(counties)}个县(市、区)" in words
    before = date(month.year, month.month - 1, 1)
    number = len(mine) - len(raised(built, before))
    change = "持平" if not number else f"{'增加' if number > 0 else '减少'}{abs(number)}条"
    assert f"环比{change}" in words
    volume = built.snapshot.frame("mart.warning").filter(pl.col("period") == month, pl.col("volume_only"))
    assert (f"另有诉求集中{volume.height}条" in words) is bool(volume.height)
    # Every number but that of months and years leads somewhere.
    assert not re.findall(r"\d", re.sub(r"\d+[年月]", "", re.sub(r"<a [^>]*>.*?</a>", "", said)))


def test_a_month_not_tested_is_not_a_month_without_warnings(at: Callable[..., Here]) -> None:
    said = overview_news.sentence(at(date(2020, 6, 1), "month"))
    assert "资料不足,预警未能检验" in said and "没有新增" not in said
    untested = overview_news.levels(at(date(2020, 6, 1), "month"))
    assert untested.chart is None and untested.title == "2020年6月全省资料不足,预警未能检验"
    # 怒江州 with its four counties, 临沧 with its eight.
    assert re.search(r">14</a>个地区未能全部评估", overview_news.sentence(at(date(2025, 10, 1), "month")))


def test_links_of_the_sentence_lead_to_as_many(
    built: Sample, run: Run, at: Callable[..., Here], words: Words
) -> None:
    said = overview_news.sentence(at(date(2025, 7, 1)))
    address = html.unescape(re.findall(r'href="([^"]*lv=4[^"]*)"', said)[0])
    query = dict(pair.split("=") for pair in address.split("?")[1].split("&"))
    shown = run("warnings", "sample", **query)
    mine = [row for row in raised(built, date(2025, 7, 1)) if row["level"] == 4]
    assert f"共{len(mine) + 1}条预警提示(待核查):●Ⅳ" in words(shown), "and the one on volume alone"


def test_late_and_partial_are_said_before_and_beside(run: Run, words: Words) -> None:
    said = words(run("home", "sample")).replace("\n", "")
    start = said.index("截至2025年12月31日(怒江州、临沧未报送,数据为初步数):2025年12月全省新增预警提示")
    assert start < said.index("全省发生失信事项")
    assert re.search(r"失信事项174件\(已报部分,环比[^,]*※,同比[^)]*※\)", said)
    assert "可比口径:只合计两期都有数据的州(市)(14—16个)" in said
    assert "本期缺什么:未报送10家次、19项指标无数值" in said
    assert "截至2025年12月31日:2025年12月昭通没有新增预警提示" in words(run("home", "sample", a="530600"))


def test_like_for_like_stands_where_the_plain_change_is_missing(
    built: Sample, at: Callable[..., Here]
) -> None:
    here = at()
    known = overview_figures.changes(here)
    figures = overview.key_figures(here.window(), built.snapshot.frame("ref.indicator"))
    plain = overview.one(figures, "limit_use")
    assert plain["change_previous"] is not None
    assert "※" not in overview_figures.change(plain, "previous", known, here.text)
    row = overview.one(figures, "failure_events")
    assert row["change_previous"] is None
    like = built.snapshot.frame("mart.comparable_change").filter(
        pl.col("indicator_id") == "failure_events",
        pl.col("window_kind") == "r12",
        pl.col("period") == MONTHS[-1],
        pl.col("basis") == "previous",
    )
    assert overview_figures.change(row, "previous", known, here.text) == f"−{-like['change'][0]:.0f}※"
    assert overview_figures.changes(at(area="530600")) == {}


def test_attention_is_short_and_grave_first(built: Sample, at: Callable[..., Here]) -> None:
    for month in MONTHS:
        table = overview_news.attention(at(month)).table
        assert table is None or len(table.rows) <= 5
    rows = overview_news.attention(at(date(2024, 6, 1))).table.rows  # type: ignore[union-attr]
    grave = [row[0].shown for row in rows]
    assert grave[:2] == ["一级", "一级"]
    assert grave == sorted(grave, key=["一级", "二级", "三级", "四级", "未报送"].index)


def test_movers_are_the_largest_changes_and_never_of_the_unreported(
    built: Sample, at: Callable[..., Here]
) -> None:
    card = overview_news.movers(at())
    ranking = built.snapshot.frame("mart.ranking").filter(
        pl.col("window_kind") == "r12", pl.col("period") == MONTHS[-1], pl.col("region_level") == "prefecture"
    )
    changes = ranking["score_change"].drop_nulls().sort()
    shown = [row[4].value for row in card.table.rows]  # type: ignore[union-attr]
    assert sorted(shown) == [*changes[:3], *changes[-3:]]
    assert "未经显著性检验" in card.note and "3个州(市)因缺报不作比较" in card.note


def test_watch_list_holds_every_flag_and_no_chance_move(built: Sample, at: Callable[..., Here]) -> None:
    card = overview_watch.card(at())
    flags = built.snapshot.frame("mart.attention")
    counts = {
        level: flags.filter(region_level=level)["region_id"].n_unique() for level in ("prefecture", "county")
    }
    assert f"{counts['prefecture']}个州(市)、{counts['county']}个县(市、区)触线" in card.title
    assert card.table is not None and card.table.shown == 3 and len(card.table.rows) == sum(counts.values())
    assert set(built.snapshot.frame("mart.rank_interval")["trend"]) == {"steady", "unknown"}
    assert "州(市)和县(市、区)都没有显著的升降。" in card.body
    assert "./ranking?p=r2025-12&amp;lvl=c" in card.link
    assert "./ranking?p=r2025-12&amp;lvl=c&amp;tab=watch" in card.link
    first = card.table.rows[0]
    assert "达到" in str(first[1].value) and "达到" not in first[1].shown  # type: ignore[union-attr]


def test_bars_add_up_to_the_warnings_of_the_year(built: Sample, at: Callable[..., Here]) -> None:
    table = overview_news.levels(at()).table
    total = sum(cell.value for row in table.rows for cell in row[1:])  # type: ignore[union-attr]
    assert total == sum(len(raised(built, date(2025, month, 1))) for month in range(1, 13))
    inside = overview_news.levels(at(area="530600")).table
    assert sum(cell.value for row in inside.rows for cell in row[1:]) == sum(  # type: ignore[union-attr]
        len(raised(built, date(2025, month, 1), "5306")) for month in range(1, 13)
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_map_shows_the_indicator_of_the_address_both_ways(run: Run, words: Words, lang: str) -> None:
    name = {"zh": "重复信访率", "en": "Repeat petitions"}[lang]
    for tab in ("", "borders"):
        shown = run("home", "sample", lang=lang, i="petition_repeat", tab=tab)
        assert not shown.exception
        title = re.search(r'<h2 class="zx-finding">([^<]*)', "".join(one.proto.body for one in shown.html))
        assert title and name in title[1]


def test_borders_never_leave_under_code_names(at: Callable[..., Here]) -> None:
    card = wording.borders(at().with_code_names())
    assert {trace.type for trace in card.chart.data} == {"scatter"}  # type: ignore[union-attr]


def test_without_warnings_the_rest_still_stands(
    run: Run, words: Words, sealed: ModuleType, tmp_path: Path
) -> None:
    sealed.write(tmp_path, "full")
    said = words(run(home=tmp_path))
    assert "需要您关注" in said and "新增预警提示" not in said
    assert "截至2025年12月31日(怒江州、西双版纳州未报送,数据为初步数):2025年1—12月(近12个月)" in said
