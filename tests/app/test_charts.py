"""The tile map and the strips as pure functions: the figure follows from the frame, missing is never zero."""

import re
from types import ModuleType

import polars as pl
import pytest

from dashboard import table
from dashboard.cards import map_legend
from dashboard.charts import strip, tile_map
from dashboard.export import codenames
from dashboard.i18n import Text
from dashboard.queries import overview, windows
from dashboard.theme.tokens import token
from dashboard.wording import overview_figures as wording

ZH = Text("zh")


def tiles(values: list[float | None], partial: list[float | None] | None = None) -> pl.DataFrame:
    """Prefectures in a row, with these values."""
    count = len(values)
    return pl.DataFrame(
        {
            "region_id": [f"5301{number:02d}" for number in range(count)],
            "region_level": ["prefecture"] * count,
            "name_zh": [f"甲{number}市" for number in range(count)],
            "short_zh": [f"甲{number}" for number in range(count)],
            "name_en": [f"Place{number} City" for number in range(count)],
            "tile_row": [1] * count,
            "tile_column": list(range(1, count + 1)),
            "value": values,
            "partial_value": partial or [None] * count,
            "status": ["missing" if value is None else "value" for value in values],
            "missing_reason": ["not_reported" if value is None else None for value in values],
            "denominator": [200.0] * count,
            "kind": ["ratio"] * count,
            "unit_zh": ["件/百家"] * count,
            "unit_en": ["per 100"] * count,
        },
        schema_overrides={"value": pl.Float64, "partial_value": pl.Float64},
    )


def drawn(frame: pl.DataFrame) -> dict[str, dict[str, object]]:
    """The shapes of the figure by name."""
    limits = overview.breaks(frame["value"])
    figure = tile_map.figure(overview.classify(frame, limits, 1), ZH)
    return {trace.name: trace.to_plotly_json() for trace in figure.data if trace.name != "labels"}


def labels(frame: pl.DataFrame) -> list[str]:
    """All words on the tiles."""
    figure = tile_map.figure(overview.classify(frame, overview.breaks(frame["value"]), 1), ZH)
    return [word for trace in figure.data if trace.name == "labels" for word in trace.text]


def test_missing_is_hatched_and_zero_is_the_lightest_class() -> None:
    shapes = drawn(tiles([0.0, None, 3.0, 6.0, 9.0, 12.0]))
    assert "shape" in shapes["missing"]["fillpattern"]
    assert "fillpattern" not in shapes["class 0"]
    assert shapes["class 0"]["fillcolor"] == token("magnitude.classes")[0]
    assert "甲0<br><b>0.0</b>" in labels(tiles([0.0, None, 3.0]))
    assert "甲1<br><b>·</b>" in labels(tiles([0.0, None, 3.0]))


def test_what_was_reported_stands_in_brackets() -> None:
    assert "甲0<br><b>(4.2)</b>" in labels(tiles([None, 1.0], [4.2, None]))


def test_every_tile_carries_its_code() -> None:
    frame = tiles([1.0, None, 3.0])
    touch = drawn(frame)["touch"]
    assert [code for (code,) in touch["customdata"]] == frame["region_id"].to_list()


def test_figure_is_a_function_of_its_frame() -> None:
    frame = overview.classify(tiles([1.0, 2.0, None]), [2.0], 1)
    assert tile_map.figure(frame, ZH) == tile_map.figure(frame, ZH)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], []),
        ([1.0], []),
        ([2.0, 2.0, 2.0], []),
        ([0.0, 1.0, 2.0, 3.0, 4.0, 5.0], [1.0, 2.0, 3.0, 4.0]),
        ([0.0, 0.0, 0.0, 0.0, 7.0], [1.0]),
        ([0.11, 0.12, 0.13], []),
    ],
)
def test_breaks_part_evenly_and_merge(values: list[float], expected: list[float]) -> None:
    found = overview.breaks(pl.Series(values, dtype=pl.Float64))
    assert len(found) <= 4 and found == sorted(set(found))
    if expected != [1.0]:
        assert found == expected


def test_printed_value_lies_in_the_class_it_is_drawn_in() -> None:
    frame = overview.classify(tiles([0.96, 1.04, 1.96, 2.0, 3.0]), [1.0, 2.0], 1)
    assert frame["class_no"].to_list() == [1, 1, 2, 2, 2]


def test_legend_says_the_limits_and_the_hatch() -> None:
    html = map_legend([1.0, 2.0], 1, True, ZH)
    assert "&lt; 1.0" in html and "1.0—2.0" in html and "≥ 2.0" in html and "缺失" in html
    counts = map_legend([1.0, 2.0, 5.0], 0, False, ZH)
    assert ">1<" in counts and "2—4" in counts and "缺失" not in counts


def test_strip_is_empty_without_values_and_has_a_dot_each() -> None:
    assert strip.html(pl.Series([None, None], dtype=pl.Float64)) == ""
    html = strip.html(pl.Series([1.0, None, 3.0]))
    assert html.count("<i ") == 2 and "left:0.0%" in html and "left:100.0%" in html
    assert "left:50.0%" in strip.html(pl.Series([2.0, 2.0]))


def test_twin_of_the_strips_names_every_indicator(sealed: ModuleType) -> None:
    tables = sealed.tables("full")
    values, indicators = tables["mart.indicator_value"], tables["ref.indicator"]
    window = windows.window(values, "r12", sealed.LAST)
    regions = codenames.named(tables["ref.region"], coded=False)
    spread = overview.spread(window, indicators, regions)
    html = table.html(wording.spread_table(spread, "twin", ZH))
    head = re.findall(r'<th scope="col"[^>]*>([^<]*)</th>', html)
    assert head == ["州(市)", *indicators["name_zh"]]
    first = re.findall(r"<tr><th scope=\"row\">昆明</th>(.*?)</tr>", html)[0]
    kunming = window.filter(region_id="530100", indicator_id="failure_rate")["value"][0]
    assert f">{kunming:,.1f}<" in first.split("</td>")[0] + "<"
