"""The real map: a layer a class, a hatch inside its region, labels that keep apart, own origin only."""

import json
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dashboard.charts import geometry, lettering, names, real_map, style
from dashboard.i18n import Text
from dashboard.theme.tokens import token
from pipelines.regions import frame

ZH, EN = Text("zh"), Text("en")
STATIC = Path(__file__).resolve().parents[2] / "dashboard" / "static"
SHAPES = {level: geometry.read(frame.geometry(level)) for level in ("prefecture", "county")}


def areas(level: str, classes: dict[str, int | None], parent: str | None = None) -> pl.DataFrame:
    """Regions of a level with these classes, all others in class 1."""
    regions = frame.regions().filter(pl.col("region_level") == level)
    if parent:
        regions = regions.filter(pl.col("parent_id") == parent)
    codes = regions["region_id"].to_list()
    return regions.with_columns(
        class_no=pl.Series([classes.get(code, 1) for code in codes], dtype=pl.Int32),
        label=pl.Series([str(classes.get(code, 1)) for code in codes]),
        hover=pl.col("region_id"),
    )


def drawn(chart: Any) -> dict[str, list[dict[str, Any]]]:
    """The traces of a figure by name."""
    found: dict[str, list[dict[str, Any]]] = {}
    for trace in json.loads(chart.to_json())["data"]:
        found.setdefault(trace["name"], []).append(trace)
    return found


def map_of(frame_: pl.DataFrame, level: str = "prefecture", text: Text = ZH, **more: Any) -> Any:
    return real_map.figure(frame_, text, real_map.source("abc", level), SHAPES[level], **more)


def test_every_class_is_a_layer_and_every_area_is_in_one() -> None:
    traces = drawn(map_of(areas("prefecture", {"530100": 0, "530300": 4, "533300": None})))
    layers = {name: traces[name][0] for name in ("class 0", "class 1", "class 4", "missing")}
    assert layers["class 0"]["locations"] == ["530100"]
    assert sum(len(layer["locations"]) for layer in layers.values()) == 16
    assert layers["class 0"]["colorscale"][1][1] == token("magnitude.classes")[0]
    for layer in layers.values():
        assert layer["geojson"] == "geo/abc/prefecture" and layer["featureidkey"] == "id"
        assert layer["unselected"]["marker"]["opacity"] == layer["selected"]["marker"]["opacity"] == 1


def test_missing_is_white_with_a_hatch_inside_it() -> None:
    traces = drawn(map_of(areas("prefecture", {"533300": None})))
    assert traces["missing"][0]["colorscale"][1][1] == token("magnitude.missing")
    lon = [value for value in traces["hatch"][0]["lon"] if value is not None]
    west, east, _, _ = SHAPES["prefecture"]["533300"].box
    assert len(lon) > 40 and west <= min(lon) and max(lon) <= east
    assert "hatch" not in drawn(map_of(areas("prefecture", {})))


def test_hatch_is_the_part_of_each_diagonal_that_lies_inside() -> None:
    square = ((0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0), (0.0, 0.0))
    hole = ((1.0, 1.0), (3.0, 1.0), (3.0, 3.0), (1.0, 3.0), (1.0, 1.0))
    lines = geometry.hatch(geometry.Shape((square, hole)), 1.0)
    assert ((0.0, 0.0), (1.0, 1.0)) in lines and ((3.0, 3.0), (4.0, 4.0)) in lines
    assert ((0.0, 3.0), (1.0, 4.0)) in lines
    assert all(y1 - x1 == y0 - x0 for (x0, y0), (x1, y1) in lines)
    assert not any(1 < (x0 + x1) / 2 < 3 and 1 < (y0 + y1) / 2 < 3 for (x0, y0), (x1, y1) in lines)


@pytest.mark.parametrize("code", ["530100", "532500", "533400"])
def test_hatch_of_real_borders_has_the_area_of_the_region(code: str) -> None:
    shape = SHAPES["prefecture"][code]
    area = 0.0
    for ring in shape.rings:
        for (x0, y0), (x1, y1) in pairwise(ring):
            area += (x0 * y1 - x1 * y0) / 2
    length = sum(x1 - x0 for (x0, _), (x1, _) in geometry.hatch(shape, 0.02))
    assert length * 0.02 == pytest.approx(abs(area), rel=0.02)


def test_selected_is_outlined_and_borders_lie_over_counties() -> None:
    traces = drawn(
        map_of(areas("county", {}), "county", selected="530628", borders=real_map.source("abc", "prefecture"))
    )
    assert traces["selected"][0]["locations"] == ["530628"]
    assert len(traces["borders"][0]["locations"]) == 16
    assert traces["borders"][0]["hoverinfo"] == traces["selected"][0]["hoverinfo"] == "skip"
    assert "selected" not in drawn(map_of(areas("county", {}, "530100"), "county", selected="530628"))


@pytest.mark.parametrize("text", [ZH, EN])
@pytest.mark.parametrize("parent", [None, "530100", "532500", "532900"])
def test_labels_keep_apart(text: Text, parent: str | None) -> None:
    level = "county" if parent else "prefecture"
    frame_ = areas(level, {}, parent)
    chart = map_of(frame_, level, text)
    shown = [
        (lon, lat, word)
        for trace in drawn(chart)["labels"]
        for lon, lat, word in zip(trace["lon"], trace["lat"], trace["text"], strict=True)
    ]
    assert len(shown) >= 8
    west, east, south, north = geometry.box([SHAPES[level][code] for code in frame_["region_id"]])
    # The scale of a map 350 pixels wide or high: a phone's.
    top, bottom = geometry.mercator(north), geometry.mercator(south)
    scale = min(350 / (east - west), 350 / (top - bottom))
    size = 12 if text is ZH else 11
    for (x0, lat0, word), (x1, lat1, other) in combinations(shown, 2):
        apart_x = abs(x0 - x1) * scale
        apart_y = abs(geometry.mercator(lat0) - geometry.mercator(lat1)) * scale
        wide = sum(max(lettering.width(line, size) for line in w.split("<br>")) for w in (word, other)) / 2
        tall = size * (word.count("<br>") + other.count("<br>") + 2) / 2
        assert apart_x >= wide or apart_y >= tall, (word, other)


def test_selected_keeps_its_label_where_there_is_no_room_for_all() -> None:
    chart = map_of(areas("county", {}, "530100"), "county", selected="530102")
    assert any("五华区" in word for trace in drawn(chart)["labels"] for word in trace["text"])


def test_all_counties_have_no_labels_and_one_prefecture_has() -> None:
    assert [trace["text"] for trace in drawn(map_of(areas("county", {}), "county"))["labels"]] == [[], []]
    assert any(trace["text"] for trace in drawn(map_of(areas("county", {}, "533300"), "county"))["labels"])


def test_code_names_replace_the_real_ones() -> None:
    regions = frame.regions()
    coded = names.add(areas("prefecture", {"533300": None}), regions, ZH, coded=True).drop("hover")
    coded = coded.with_columns(
        value=pl.lit(1.0), kind=pl.lit("ratio"), unit_zh=pl.lit("%"), denominator=pl.lit(200.0)
    ).drop("label")
    printed = map_of(coded).to_json()
    real = regions.filter(pl.col("region_level") == "prefecture")
    assert not [
        name for name in [*real["name_zh"], *real["short_zh"]] if name in json.loads(printed).__str__()
    ]
    assert "示例A" in json.loads(printed).__str__()


def test_legend_says_classes_and_missing_only_when_asked() -> None:
    frame_ = areas("prefecture", {"533300": None})
    assert not [t for t in drawn(map_of(frame_)).values() if t[0].get("showlegend")]
    words = {
        name for name, t in drawn(map_of(frame_, legend=["< 1", "≥ 1"])).items() if t[0].get("showlegend")
    }
    assert words == {"< 1", "≥ 1", "/// 缺失"}


def test_empty_says_so_and_same_frame_is_same_figure() -> None:
    nothing = map_of(areas("prefecture", {}).clear())
    assert nothing.layout.annotations[0].text == ZH("charts.nothing") and not nothing.data
    frame_ = areas("prefecture", {"530100": None})
    assert map_of(frame_).to_json() == map_of(frame_).to_json()


def test_world_map_is_ours_and_empty() -> None:
    assert style.WORLD.startswith("app/static/")
    folder = STATIC / style.WORLD.removeprefix("app/static/")
    world = json.loads((folder / "world_110m.json").read_text(encoding="utf-8"))
    wanted = {"coastlines", "land", "ocean", "lakes", "rivers", "countries", "subunits"}
    assert world["objects"].keys() == wanted and world["arcs"] == []
    assert map_of(areas("prefecture", {})).layout.geo.resolution in (None, 110)


@pytest.mark.parametrize("fmt", ["png", "svg"])
def test_camera_saves_one_format_and_sends_nothing_away(fmt: str) -> None:
    settings = style.config(ZH, fmt, "图", 400)
    assert settings["modeBarButtons"] == [["toImage"]] and settings["topojsonURL"] == style.WORLD
    assert settings["toImageButtonOptions"]["format"] == fmt
    assert not settings["displaylogo"] and style.CONFIG["displayModeBar"] is False
    said = settings["locales"]["zx"]["dictionary"].values()
    assert all(word in ("保存图片", "正在生成图片,请稍候", "图片已保存", "图片未能保存") for word in said)


def test_names_are_distinct_where_two_regions_share_one() -> None:
    regions = frame.regions()
    both = names.add(pl.DataFrame({"region_id": ["530125", "530628"]}), regions, EN)
    assert both["name"].to_list() == ["Yiliang (Kunming)", "Yiliang (Zhaotong)"]
    assert names.add(both.head(1), regions, EN)["name"].to_list() == ["Yiliang"]
    assert both["full_name"].to_list() == ["Yiliang County, Kunming", "Yiliang County, Zhaotong"]
    counties = regions.filter(pl.col("region_level") == "county").select("region_id")
    for text in (ZH, EN):
        for coded in (False, True):
            assert names.add(counties, regions, text, coded)["name"].n_unique() == counties.height
