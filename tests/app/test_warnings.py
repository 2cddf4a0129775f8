"""预警中心: its numbers are the snapshot's, late data come first, one filter moves everything."""

import html
import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.charts import marks
from dashboard.export import codenames
from dashboard.here import Here
from dashboard.i18n import LANGUAGES, Text
from dashboard.queries import warnings as queries
from dashboard.state import Selection
from dashboard.wording import warning_channels, warning_detail, warning_list, warning_words, warnings
from tests.sample import Sample

Run = Callable[..., AppTest]
Words = Callable[[AppTest], str]
At = Callable[..., Here]
LAST = date(2025, 12, 1)
YEAR = [date(2025, month, 1) for month in range(1, 13)]


@pytest.fixture(scope="module")
def at(built: Sample) -> At:
    """Where a reader of the sample is: `at("530600", "en", levels=(1,))`."""

    def make(area: str = "530000", lang: str = "zh", level: str = "prefecture", **chosen: object) -> Here:
        regions = codenames.named(built.snapshot.frame("ref.region"), False)
        return Here(
            snapshot=built.snapshot,
            text=Text(lang),
            page="warnings",
            selection=Selection(lang=lang, area=None if area == "530000" else area, **chosen),  # type: ignore[arg-type]
            kind="r12",
            period=LAST,
            area=regions.row(by_predicate=pl.col("region_id") == area, named=True),
            level=level,
            comparator="province",
            regions=regions,
            coded=False,
        )

    return make


def in_year(built: Sample) -> list[dict[str, object]]:
    """The warnings of 2025."""
    return built.snapshot.frame("mart.warning").filter(pl.col("period").dt.year() == 2025).to_dicts()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_warning_says_its_own_numbers(built: Sample, at: At, lang: str) -> None:
    here, text = at(lang=lang), Text(lang)
    channels = {row["channel"]: row for row in built.snapshot.frame("ref.channel").to_dicts()}
    for row in built.snapshot.frame("mart.warning").to_dicts():
        said = html.unescape(warning_detail.sentence(here, row["warning_id"]))
        for words in (
            text(f"charts.level_{row['level']}") + text("warning.to_check"),
            marks.MARKS[row["level"]].numeral,
            text.month(row["period"]),
            text.of(here.region(row["region_id"]), "name"),
            text.of(channels[row["lead_channel"]], "name"),
            warning_words.expected_number(row["expected"]),
            f"{row['excess']:,.1f}",
        ):
            assert words in said, row["warning_id"]
        assert f"{row['observed']:,.0f}" in said
        assert (text("warning.sentence_volume") in said) is row["volume_only"]


def test_sources_of_a_warning_are_the_models(built: Sample, at: At) -> None:
    cells = built.snapshot.frame("mart.warning_channel")
    for row in in_year(built):
        card = warning_channels.channels(at(), row["warning_id"], row["lead_channel"])
        own = cells.filter(pl.col("region_id") == row["region_id"], pl.col("period") == row["period"])
        assert card.table and len(card.table.rows) == own.height == 5
        assert sorted(line[1].value for line in card.table.rows if line[1].value is not None) == sorted(
            own["observed"].drop_nulls()
        )
        high = sum(line[-1].startswith(("偏高", "明显偏高")) for line in card.table.rows)
        assert high == len(str(row["channels"]).split(","))
        assert card.title == f"5类来源中{high}类偏高"


def test_list_is_the_whole_window_gravest_first(built: Sample, at: At) -> None:
    card = warning_list.listed(at(), ())
    expected = in_year(built)
    assert card.table and len(card.table.rows) == len(expected)
    levels = [line[1].shown for line in card.table.rows]
    assert levels == sorted(levels, key=lambda words: "ⅠⅡⅢⅣ".index(words[1]))
    assert sum(line[5].value for line in card.table.rows) == sum(row["observed"] for row in expected)
    months: dict[str, list[date]] = {}
    for row in built.snapshot.frame("mart.warning").sort("period").to_dicts():
        months.setdefault(row["region_id"], []).append(row["period"])
    again = sum(
        any(0 < (row["period"] - other).days < 190 for other in months[row["region_id"]]) for row in expected
    )
    assert sum("次" in line[12] and line[12] != "首次" for line in card.table.rows) == again > 0


@pytest.mark.parametrize(
    ("area", "level", "chosen"),
    [
        ("530000", "prefecture", ()),
        ("530000", "county", (1, 2)),
        ("530500", "prefecture", ()),
        ("530581", "county", (4,)),
    ],
)
def test_lanes_hold_every_warning_of_the_filter(
    built: Sample, at: At, area: str, level: str, chosen: tuple[int, ...]
) -> None:
    here = at(area, level=level, levels=chosen)
    found = queries.of_levels(
        queries.in_sight(built.snapshot.frame("mart.warning"), here.regions, area, YEAR[0], LAST), chosen
    )
    mine = [
        row
        for row in in_year(built)
        if (
            area == "530000" or row["region_id"] == area or here.region(row["region_id"])["parent_id"] == area
        )
        and (not chosen or row["level"] in chosen)
    ]
    assert Counter(found["warning_id"]) == Counter(row["warning_id"] for row in mine)
    cells = queries.lanes(found, warnings._states(here, YEAR[0], LAST), here.regions, here.area, level).cells
    shown = set(cells.filter(pl.col("level").is_not_null())["warning_id"])
    lanes = set(cells["region_id"])
    assert shown == {row["warning_id"] for row in mine if row["region_id"] in lanes}
    top = cells.filter(pl.col("region_id") == cells["region_id"][0]).sort("period")
    if area == "530000":
        assert top["count"].fill_null(0).sum() == len(mine)
    if level == "county":
        assert {
            row["region_id"] for row in mine if here.region(row["region_id"])["region_level"] == "county"
        } <= lanes
    assert top["period"].to_list() == YEAR
    assert top["provisional"].to_list() == [month.month >= 9 for month in YEAR]


def test_who_could_not_be_assessed_is_counted(built: Sample, at: At, run: Run, words: Words) -> None:
    cells = built.snapshot.frame("mart.warning_channel").filter(pl.col("period").dt.year() == 2025)
    silent = {
        (row["region_id"], row["period"])
        for row in cells.filter(pl.col("reason") == "not_reported").to_dicts()
    }
    said = words(run("warnings", "sample"))
    assert f"未能评估{len(silent)}个地区月(未报送{len(silent)},资料不足0)" in said
    table = warnings.unassessed(at()).table
    assert table and [row[0].shown for row in table.rows] == ["临沧", "怒江州"]
    assert table.rows[0][1].shown == "州(市)及所辖全部8个县(市、区)"
    assert "资料不足" in words(run("warnings", "sample", p="m2020-06"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_late_data_come_first(run: Run, words: Words, lang: str) -> None:
    said, text = words(run("warnings", "sample", lang="" if lang == "zh" else lang)), Text(lang)
    late, first = said.index(text("warning.late")), said.index({"zh": "38条", "en": "38 leads"}[lang])
    assert late < first
    assert re.search(r"38%—77%", said[late:])
    assert text("warning.caption") in said and said.count(text("warning.caption")) == 1


def test_what_is_provisional_is_said_and_held_back(
    run: Run, words: Words, built: Sample, sealed: ModuleType, tmp_path: Path
) -> None:
    """A burst in a young month: the sentence says how much is on file, and that level 3 is the most."""
    names = ("mart.warning", "mart.warning_channel", "ref.channel", "ref.warning_parameter")
    tables = {name: built.snapshot.frame(name) for name in names}
    w = "530102-2025-12"
    tables["mart.warning"] = tables["mart.warning"].with_columns(
        pl.when(pl.col("warning_id") == w)
        .then(pl.lit("failure_events"))
        .otherwise("lead_channel")
        .alias("lead_channel"),
        (pl.col("warning_id") == w).alias("provisional"),
        pl.when(pl.col("warning_id") == w).then(3).otherwise("level").cast(pl.Int32).alias("level"),
    )
    sealed.write(tmp_path, "full", tables)
    said = words(run("warnings", home=tmp_path, w=w))
    assert "三级·关注核查(待核查)" in said
    assert "当月数据为初步数(预计已归集38%),级别不高于三级" in said
    assert "初步数" in words(run("warnings", home=tmp_path, tab="list", p="m2025-12"))


def test_filter_in_the_address_moves_everything(run: Run, words: Words, built: Sample) -> None:
    three = sum(row["level"] == 3 for row in in_year(built))
    shown = run("warnings", "sample", lv="3", tab="list")
    assert f"有预警线索(待核查){three}条" in words(shown) and f"共{three}条预警提示(待核查):■Ⅲ" in words(
        shown
    )
    shown = run("warnings", "sample", a="530500")
    mine = [row for row in in_year(built) if str(row["region_id"]).startswith("5305")]
    assert f"保山有预警线索(待核查){len(mine)}条" in words(shown)
    assert f"2025年1—12月共{len(mine)}条预警提示(待核查)" in words(shown)


def test_detail_by_its_own_link_and_back_with_filters(run: Run, words: Words) -> None:
    for lang in LANGUAGES:
        shown = run("warnings", "sample", lang=lang, w="532823-2025-08", tab="list", lv="3,4", p="m2025-08")
        text = Text(lang)
        assert not shown.exception
        assert shown.query_params["w"] == "532823-2025-08"
        drawn = "".join(element.proto.body for element in shown.html)
        kept = "p=m2025-08&amp;tab=list&amp;lv=3,4"
        assert text("warning.back_list") in drawn and kept in drawn
        assert text("charts.level_3") + text("warning.to_check") in words(shown)
        assert "6 = " in words(shown), "the records behind the month add up"


def test_bad_and_missing_are_said(run: Run, words: Words) -> None:
    said = words(run("warnings", "sample", w="530102-1999-01"))
    assert "链接中的 w=530102-1999-01 无法识别" in said
    assert "链接中的 tab=nothing 无法识别" in words(run("warnings", "sample", tab="nothing"))
    for lang in LANGUAGES:
        said = words(run("warnings", "full", lang=lang))
        assert Text(lang)("warning.absent") in said and Text(lang)("warning.absent_do") in said
    nothing = words(run("warnings", "sample", a="533400", lv="1", tab="list"))
    assert "没有符合条件的预警提示" in nothing and "没有提示不等于没有问题" in nothing


def test_an_area_with_nothing_late_opens(run: Run) -> None:
    assert not run("warnings", "sample", p="r2025-06", a="530111").exception
