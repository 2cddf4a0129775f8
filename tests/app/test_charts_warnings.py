"""Swimlane, trend and levels: marks carry shape, numeral and code, a gap is a gap, provisional is shaded."""

import json
from datetime import date
from typing import Any

import polars as pl
import pytest

from dashboard.charts import levels, marks, style, swimlane, trend
from dashboard.i18n import Text
from dashboard.theme.tokens import contrast, token

ZH, EN = Text("zh"), Text("en")
LANGUAGES = pytest.mark.parametrize("text", [ZH, EN])
MONTHS = [date(2025, month, 1) for month in range(1, 13)]


def traces(chart: Any) -> list[dict[str, Any]]:
    """The traces of a figure."""
    return list(json.loads(chart.to_json())["data"])


def named(chart: Any, name: str) -> dict[str, Any]:
    """The one trace of this name."""
    (found,) = [trace for trace in traces(chart) if trace["name"] == name]
    return found


def boxes(trace: dict[str, Any]) -> int:
    """How many boxes a trace of boxes holds."""
    return sum(value is None for value in trace["x"])


def lanes(
    marked: dict[tuple[str, int], int], silent: frozenset[tuple[str, int]] = frozenset()
) -> pl.DataFrame:
    """Three lanes over 2025 with these levels; two regions have one name."""
    rows = [
        {
            "region_id": code,
            "name": name,
            "period": month,
            "level": marked.get((code, month.month)),
            "state": "not_reported" if (code, month.month) in silent else "quiet",
            "provisional": month.month > 10,
            "count": 2 if code == "530000" and month.month == 3 else None,
        }
        for code, name in (("530125", "Yiliang"), ("530628", "Yiliang"), ("530000", "Yunnan"))
        for month in MONTHS
    ]
    return pl.DataFrame(rows, schema_overrides={"level": pl.Int32, "count": pl.Int64})


def test_every_level_has_its_own_shape_colour_and_numeral() -> None:
    looks = [(mark.symbol, mark.fill, mark.numeral, mark.glyph) for mark in marks.MARKS.values()]
    for one in zip(*looks, strict=True):
        assert len(set(one)) == 4
    for mark in marks.MARKS.values():
        assert contrast(mark.ink, mark.fill) >= 4.5 and contrast(mark.line, token("surface.card")) >= 3


def test_marks_carry_code_and_month() -> None:
    chart = swimlane.figure(lanes({("530628", 2): 1, ("530125", 5): 4, ("530125", 6): 4}), ZH)
    first, fourth = named(chart, "level 1"), named(chart, "level 4")
    assert first["customdata"] == [["530628", "2025-02"]] and first["text"] == ["Ⅰ"]
    assert fourth["customdata"] == [["530125", "2025-05"], ["530125", "2025-06"]]
    assert first["x"] == [1] and first["y"] != fourth["y"][:1]
    touched = named(chart, "touch")["customdata"]
    assert len(touched) + 3 + 1 == 36 and ["530125", "2025-05"] not in touched


def test_what_could_not_be_tested_is_a_dot_with_its_word() -> None:
    cells = lanes({("530125", 3): 2})
    untested = pl.when(pl.col("period") < date(2025, 4, 1)).then(pl.lit("not_tested")).otherwise("state")
    chart = swimlane.figure(cells.with_columns(state=untested), ZH)
    # Three lanes by three months, less the cell with a level and the one with a count.
    assert len(named(chart, "untested")["x"]) == 3 * 3 - 2
    assert named(chart, "资料不足")["showlegend"]
    assert "资料不足" not in {trace["name"] for trace in traces(swimlane.figure(cells, ZH))}


def test_lanes_on_top_come_first_and_stand_apart() -> None:
    chart = swimlane.figure(lanes({}), ZH, top=["530000"])
    assert chart.layout.yaxis.ticktext == ("Yunnan", "Yiliang", "Yiliang")
    above, second, third = chart.layout.yaxis.tickvals
    assert second - above > third - second == 1
    assert boxes(named(chart, "top")) == 1 and named(chart, "counts")["text"] == ["2"]


def test_not_reported_is_hatched_and_provisional_months_are_one_shade() -> None:
    chart = swimlane.figure(lanes({}, frozenset({("530125", 3), ("530125", 4)})), ZH)
    hatch = named(chart, ZH("charts.not_reported"))
    assert boxes(hatch) == 2 and "fillpattern" in hatch
    shade = named(chart, ZH("charts.provisional"))
    assert boxes(shade) == 1 and (shade["x"][0], shade["x"][1]) == (9.5, 11.5)
    said = dict(
        zip(map(tuple, named(chart, "touch")["customdata"]), named(chart, "touch")["hovertext"], strict=True)
    )
    assert ZH("charts.state_not_reported") in said["530125", "2025-03"]
    assert ZH("charts.state_quiet") in said["530125", "2025-02"]


def test_legend_holds_levels_that_do_not_occur() -> None:
    for chart in (swimlane.figure(lanes({}), ZH), levels.figure(counts(), ZH)):
        entries = [
            trace["name"] for trace in traces(chart) if trace.get("showlegend") and trace["x"] == [None]
        ]
        assert [entry for entry in entries if "级" in entry] == ["Ⅰ 一级", "Ⅱ 二级", "Ⅲ 三级", "Ⅳ 四级"]
        assert chart.layout.legend.itemclick is False


def test_a_click_fades_nothing() -> None:
    for chart in (
        swimlane.figure(lanes({("530628", 2): 1}), ZH),
        trend.figure(series([1.0, None, 3.0], level=[None, None, 2]), ZH),
        levels.figure(counts(), ZH),
    ):
        for trace in traces(chart):
            if trace.get("customdata"):
                opacity = (
                    trace["unselected"]["marker"]["opacity"] if "marker" in trace["unselected"] else None
                )
                assert opacity == trace.get("marker", {}).get("opacity")


def test_selected_cell_is_framed() -> None:
    chart = swimlane.figure(lanes({}), ZH, selected=("530628", date(2025, 4, 1)))
    framed = named(chart, "selected")
    assert min(x for x in framed["x"] if x is not None) == pytest.approx(2.52)
    assert not [t for t in traces(swimlane.figure(lanes({}), ZH)) if t["name"] == "selected"]


def series(
    values: list[float | None], level: list[int | None] | None = None, expected: bool = True
) -> pl.DataFrame:
    """A trend from January 2025 on; the last month is provisional."""
    size = len(values)
    frame = pl.DataFrame(
        {
            "period": MONTHS[:size],
            "value": pl.Series(values, dtype=pl.Float64),
            "provisional": [False] * (size - 1) + [True],
            "level": pl.Series(level or [None] * size, dtype=pl.Int32),
        }
    )
    bounds = {"expected": 2.0, "lower": 0.0, "upper": 5.0} if expected else {}
    return frame.with_columns(**{name: pl.lit(value) for name, value in bounds.items()})


def test_missing_months_are_gaps_with_a_hatch_and_never_zero() -> None:
    chart = trend.figure(series([3.0, None, None, 0.0]), ZH)
    line = named(chart, ZH("charts.observed"))
    assert line["y"] == [3.0, None, None, 0.0] and not line.get("connectgaps")
    hatch = named(chart, ZH("charts.missing"))
    assert boxes(hatch) == 1 and (hatch["x"][0], hatch["x"][1]) == (0.5, 2.5)
    touch = named(chart, "touch")
    assert touch["customdata"] == [["2025-01"], ["2025-02"], ["2025-03"], ["2025-04"]]
    assert touch["y"][1] != 0 and ZH("charts.missing") in touch["hovertext"][1]


def test_band_and_expected_line_only_where_there_is_an_expectation() -> None:
    with_band = trend.figure(series([1.0, 2.0]), ZH)
    band = named(with_band, ZH("charts.interval"))
    assert band["y"][:4] == [5.0, 5.0, 0.0, 0.0] and band["fill"] == "toself"
    names = [trace["name"] for trace in traces(trend.figure(series([1.0, 2.0], expected=False), ZH))]
    assert ZH("charts.interval") not in names and ZH("charts.expected") not in names


def test_band_does_not_span_a_month_that_was_not_tested() -> None:
    frame = series([1.0, 2.0, 3.0]).with_columns(
        pl.when(pl.col("period") != MONTHS[1]).then(pl.col(name)).alias(name) for name in ("lower", "upper")
    )
    band = named(trend.figure(frame, ZH), ZH("charts.interval"))
    assert band["x"] == [0, 0, None, 2, 2, None]


def test_warning_marks_stand_on_their_months_with_their_shape() -> None:
    chart = trend.figure(series([1.0, 9.0, 2.0], level=[None, 2, 4]), ZH)
    mark = named(chart, "level 2")
    assert (mark["x"], mark["y"], mark["text"]) == ([1], [9.0], ["Ⅱ"])
    assert mark["marker"]["symbol"] == "diamond" and named(chart, "level 4")["marker"]["symbol"] == "circle"


def test_axis_starts_at_zero_unless_told_otherwise() -> None:
    frame = series([90.0, 95.0], expected=False)
    assert trend.figure(frame, ZH).layout.yaxis.range[0] == 0
    assert 85 < trend.figure(frame, ZH, from_zero=False).layout.yaxis.range[0] < 90


def test_comparators_median_and_selected_month() -> None:
    frame = series([1.0, 2.0]).with_columns(benchmark=pl.lit(1.5))
    chart = trend.figure(frame, ZH, benchmark_name="全省中位数", selected=MONTHS[1], unit="件")
    assert named(chart, "全省中位数")["y"] == [1.5, 1.5]
    assert [(shape.x0, shape.x1) for shape in chart.layout.shapes] == [(0.5, 1.5)]
    assert [t["name"] for t in traces(chart) if t["name"].startswith("实际值")] == ["实际值(件)"]


def counts() -> pl.DataFrame:
    """January with two levels, February with none, March provisional with one."""
    rows = [
        (MONTHS[0], 2, 3, False),
        (MONTHS[0], 4, 1, False),
        (MONTHS[1], None, None, False),
        (MONTHS[2], 3, 2, True),
    ]
    schema = {"period": pl.Date, "level": pl.Int32, "count": pl.Int64, "provisional": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_levels_are_stacked_with_their_numerals_and_totals() -> None:
    chart = levels.figure(counts(), ZH)
    bars = [trace for trace in traces(chart) if trace["type"] == "bar"]
    assert [bar["name"] for bar in bars] == [f"level {level}" for level in (1, 2, 3, 4)]
    assert bars[1]["y"] == [3, 0, 0] and bars[1]["text"] == ["Ⅱ 3", "", ""]
    assert bars[2]["customdata"][2] == ["2025-03", 3]
    assert named(chart, "totals")["text"] == ["<b>4</b>", "<b>0</b>", "<b>2</b>"]
    assert [(shape.x0, shape.layer) for shape in chart.layout.shapes] == [(1.5, "below")]


@pytest.mark.parametrize(("count", "labelled"), [(6, 6), (12, 6), (13, 7), (36, 12)])
def test_axis_of_months_labels_the_last_and_every_first_of_a_year(count: int, labelled: int) -> None:
    months = [date(2023 + number // 12, number % 12 + 1, 1) for number in range(count)]
    axis = style.months_axis(months, ZH)
    assert len(axis["ticktext"]) == labelled and axis["tickvals"][-1] == count - 1
    years = [word.split("<br>")[1] for word in axis["ticktext"] if "<br>" in word]
    assert years == [f"{year}年" for year in sorted({month.year for month in months})]


CASES = [
    (swimlane.figure, lanes({("530628", 2): 1})),
    (trend.figure, series([1.0, None, 3.0], level=[None, None, 3])),
    (levels.figure, counts()),
]


@LANGUAGES
@pytest.mark.parametrize(("draw", "frame"), CASES)
def test_empty_says_so_and_same_frame_is_same_figure(draw: Any, frame: pl.DataFrame, text: Text) -> None:
    nothing = draw(frame.clear(), text)
    assert nothing.layout.annotations and not nothing.data
    assert draw(frame, text).to_json() == draw(frame, text).to_json()


def test_all_missing_is_an_empty_panel_with_a_sentence() -> None:
    chart = trend.figure(series([None, None]), EN)
    assert EN("charts.no_values") in chart.layout.annotations[0].text


@pytest.mark.parametrize(("draw", "frame"), CASES)
def test_english_figures_hold_no_chinese(draw: Any, frame: pl.DataFrame) -> None:
    said = json.dumps(json.loads(draw(frame, EN).to_json()), ensure_ascii=False)
    assert not [letter for letter in said if "\u4e00" <= letter <= "\u9fff"]


@LANGUAGES
def test_findings_count_what_is_drawn(text: Text) -> None:
    said = swimlane.finding(lanes({("530628", 2): 1, ("530125", 5): 4}, frozenset({("530125", 3)})), text)
    assert marks.level_word(1, text) in said and "2" in said
    assert swimlane.finding(lanes({}), text) == text("charts.lanes_none")
    said = trend.finding(series([1.0, None, 3.0], level=[None, None, 3]), text)
    assert "3" in said and text("charts.trend_missing", n=1) in said
    assert "6" in levels.finding(counts(), text) and marks.level_word(3, text) in levels.finding(
        counts(), text
    )
