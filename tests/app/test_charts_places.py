"""Ranking, change, spine, small multiples, matrix: what is there is drawn, what is missing is a hatch."""

import json
from datetime import date
from itertools import pairwise
from typing import Any

import polars as pl
import pytest

from dashboard.charts import change, heat, lettering, ranking, small_multiples, spine, style
from dashboard.i18n import Text

ZH, EN = Text("zh"), Text("en")
LANGUAGES = pytest.mark.parametrize("text", [ZH, EN])


def drawn(chart: Any) -> dict[str, dict[str, Any]]:
    """The traces of a figure by name."""
    return {trace["name"]: trace for trace in json.loads(chart.to_json())["data"]}


def words(chart: Any) -> str:
    """All a figure holds, as one text."""
    return json.dumps(json.loads(chart.to_json()), ensure_ascii=False)


def boxes(trace: dict[str, Any]) -> int:
    """How many boxes a trace of boxes holds."""
    return sum(value is None for value in trace["x"])


def places(scores: list[float | None]) -> pl.DataFrame:
    """A ranking of regions with these scores in code order, as mart.ranking has it."""
    frame = pl.DataFrame(
        {
            "region_id": [f"5301{number:02d}" for number in range(len(scores))],
            "name": [f"甲{number}" for number in range(len(scores))],
            "full_name": [f"甲{number}市" for number in range(len(scores))],
            "index_score": pl.Series(scores, dtype=pl.Float64),
        }
    )
    return frame.with_columns(
        rank=pl.col("index_score").rank("min", descending=True).cast(pl.Int32),
        ranked_count=pl.col("index_score").count(),
        year_ago_score=pl.col("index_score") - 1.25,
        score_change=pl.when(pl.col("index_score").is_not_null()).then(1.25),
        rank_change=pl.lit(2),
        benchmark=pl.col("index_score").median(),
        reason=pl.lit("未报送"),
    )


def test_ranked_have_dots_in_code_order_and_others_stand_apart() -> None:
    chart = drawn(ranking.figure(places([70.0, None, 90.0, 50.0]), ZH))
    assert chart["ranked"]["x"] == [70.0, 90.0, 50.0] and chart["ranked"]["y"] == [0, 1, 2]
    assert chart["touch"]["customdata"] == [["530100"], ["530102"], ["530103"], ["530101"]]
    assert boxes(chart["missing"]) == 1 and chart["not ranked"]["y"] == [3]
    assert "未报送" in chart["not ranked"]["text"][0]


def test_ranking_by_score_and_its_words() -> None:
    chart = drawn(ranking.figure(places([70.0, None, 90.0]), ZH, order="score"))
    assert chart["ranked"]["x"] == [90.0, 70.0]
    assert [word.strip() for word in chart["words"]["text"]] == ["90.0·第1位", "70.0·第2位"]
    assert set(chart["words"]["textposition"]) == {"middle left", "middle right"}


def test_intervals_widen_the_axis_and_brackets_hold_runs() -> None:
    sure = places([70.0, None, 90.0, 80.0]).with_columns(
        lower=pl.col("index_score") - 30,
        upper=pl.col("index_score") + 9,
        own_lower=pl.lit(1),
        own_upper=pl.lit(3),
    )
    codes = sure["region_id"].to_list()
    chart = ranking.figure(sure, ZH, selected=codes[0], alike=[codes[0], codes[2]])
    assert chart.layout.xaxis.range[0] <= 40 and chart.layout.xaxis.range[1] >= 99
    traces = drawn(chart)
    assert traces["intervals"]["x"][:3] == [40.0, 79.0, None]
    assert traces["words"]["text"][0].strip() == "70.0·第1—3位"
    runs = [shape.path for shape in chart.layout.shapes if shape.type == "path"]
    assert len(runs) == 1 and " L 0 1.35" in runs[0]


def test_bands_are_stripes_with_their_limits() -> None:
    chart = ranking.figure(places([20.0, 99.0]), ZH)
    said = [note.text for note in chart.layout.annotations]
    assert said[:5] == ["< 40", "40–55", "55–70", "70–85", "≥ 85"]
    stripes = [shape for shape in chart.layout.shapes if shape.layer == "below"]
    edges = [(stripe.x0, stripe.x1) for stripe in stripes]
    assert len(edges) == 5 and all(one[1] == other[0] for one, other in pairwise(edges))
    near = [note.text for note in ranking.figure(places([72.0, 83.0]), ZH).layout.annotations]
    assert "70–85" in near and "< 40" not in near


def test_dots_and_their_words_lie_within_the_axis() -> None:
    for scores in ([1.0, 100.0], [50.0], [84.9, 85.0, 85.1], [None, 3.0]):
        chart = ranking.figure(places(scores), ZH)
        low, high = chart.layout.xaxis.range
        assert all(low <= score <= high for score in scores if score is not None)
        assert 0 <= low < high <= 100


def test_selected_region_has_its_row_marked() -> None:
    chart = ranking.figure(places([70.0, None, 90.0]), ZH, selected="530101")
    framed = [shape for shape in chart.layout.shapes if shape.layer == "between"]
    assert [(shape.y0, shape.y1) for shape in framed] == [(1.5, 2.5)]
    assert "<b>甲1</b>" in chart.layout.yaxis.ticktext


def test_a_hundred_and_twenty_nine_rows_keep_their_height() -> None:
    chart = ranking.figure(places([50.0 + number / 10 for number in range(129)]), ZH)
    assert chart.layout.height > 129 * 20 and len(drawn(chart)["touch"]["y"]) == 129


@LANGUAGES
def test_findings_name_what_is_left_out(text: Text) -> None:
    said = ranking.finding(places([70.0, None, 90.0]), text)
    assert "70.0" in said and "90.0" in said and "1" in said
    assert "2" in ranking.finding(places([None, None]), text)
    assert "1" in change.finding(places([70.0, None]), text)


def windows(ranks: dict[str, list[int | None]]) -> pl.DataFrame:
    """Places of regions over months of 2025."""
    rows = [
        {"region_id": code, "name": f"甲{code}", "period": date(2025, month, 1), "rank": rank}
        for code, found in ranks.items()
        for month, rank in enumerate(found, start=1)
    ]
    frame = pl.DataFrame(rows, schema_overrides={"rank": pl.Int32})
    return frame.with_columns(ranked_count=pl.lit(3), index_score=100.0 - pl.col("rank"))


def test_bump_breaks_where_there_is_no_place_and_shares_labels() -> None:
    chart = drawn(change.bump(windows({"a": [1, None, 1], "b": [2, 1, 1], "c": [3, 2, 3]}), ZH, selected="b"))
    assert chart["a"]["y"] == [1, None, 1]
    assert chart["b"]["line"]["width"] > chart["a"]["line"]["width"]
    assert [word.strip() for word in chart["labels"]["text"]] == ["<b>1 甲a、甲b</b>", "3 甲c"]
    assert chart["a"]["customdata"] == [["a"]] * 3


def test_bump_draws_the_selected_line_last() -> None:
    chart = change.bump(windows({"a": [1, 2], "b": [2, 1]}), ZH, selected="a")
    assert [trace.name for trace in chart.data][:2] == ["b", "a"]


def test_dumbbell_orders_by_change_and_hatches_what_cannot_be_compared() -> None:
    frame = places([70.0, None, 90.0]).with_columns(
        score_change=pl.when(pl.col("region_id") == "530102").then(5.0).otherwise("score_change")
    )
    chart = change.dumbbell(frame, ZH, order="change")
    traces = drawn(chart)
    assert traces[ZH("charts.now")]["customdata"] == [["530102"], ["530100"], ["530101"]]
    assert [word.strip() for word in traces["differences"]["text"]] == ["+5.0", "+1.2"]
    assert boxes(traces["missing"]) == 1 and traces[ZH("charts.now")]["x"][2] is None
    assert chart.layout.yaxis.ticktext == ("甲2", "甲0", "甲1")


def spines(against: list[str]) -> pl.DataFrame:
    """A dimension with indicators, the last of which has no value."""
    n = len(against)
    return pl.DataFrame(
        {
            "code": ["failures", *(f"i{number}" for number in range(n - 1))],
            "name": ["失信与整改", *(f"指标{number}" for number in range(n - 1))],
            "part": ["dimension", *["indicator"] * (n - 1)],
            "value": [*["12.0"] * (n - 1), "·"],
            "cases": ["", *["n=7"] * (n - 2), ""],
            "quality": [*["value"] * (n - 1), "missing"],
            **{
                key: [at] * n
                for key, at in (("left", -1.0), ("box_left", -0.4), ("box_right", 0.3), ("right", 0.8))
            },
            "dot": [*[0.5] * (n - 1), None],
            "peer_dot": [*[0.1] * (n - 1), None],
            "against": against,
            "place": [*["3/9"] * (n - 1), ""],
            "trend": [""] * n,
            "hover": [""] * n,
        }
    )


def test_spine_colours_only_what_is_sure_and_leaves_missing_without_a_mark() -> None:
    frame = spines(["near", "above", "below", "near"])
    traces = drawn(spine.figure(frame, ZH, selected="i0"))
    assert [traces[key]["y"] for key in ("above", "below", "near")] == [[1], [2], [0]]
    assert traces["above"]["marker"]["color"] != traces["near"]["marker"]["color"]
    assert traces["scores"]["customdata"][1] == ["i0"] and traces["scores"]["text"][3] == "·"
    assert len(traces["peers"]["x"]) == 3 and boxes(traces["nine tenths"]) == 4
    assert list(traces["quality"]["text"]) == ["●", "●", "·"]
    assert (
        spine.finding(frame, ZH) == "2项有数值的指标中,1项优于对照、1项低于对照,其余0项无法区分;1项没有数值"
    )


def series(values: dict[str, list[float | None]]) -> pl.DataFrame:
    """Months of 2025 of these regions."""
    rows = [
        {"region_id": code, "name": f"甲{code}", "period": date(2025, month, 1), "value": value}
        for code, found in values.items()
        for month, value in enumerate(found, start=1)
    ]
    return pl.DataFrame(rows, schema_overrides={"value": pl.Float64}).with_columns(benchmark=pl.lit(2.0))


def test_small_pictures_share_a_scale_and_hatch_their_gaps() -> None:
    frame = series({"a": [0.0, None, 4.0], "b": [2.0, 2.0, 2.0]})
    chart = small_multiples.figure(frame, ZH, columns=2, selected="b")
    traces = [trace for trace in json.loads(chart.to_json())["data"] if trace["name"] == "value"]
    first, second = traces[0]["y"], traces[1]["y"]
    assert first[1] is None and first[0] > second[0] > first[2]
    assert boxes(drawn(chart)["missing"]) == 1
    assert [note.text for note in chart.layout.annotations] == [
        "甲a",
        "4.0",
        "<b>甲b</b>",
        "<b>2.0</b>",
        "4.0",
    ]
    assert {code for (code,) in traces[0]["customdata"]} == {"a"}


def test_small_pictures_of_seventeen_are_few_traces() -> None:
    chart = small_multiples.figure(series({f"{n:02d}": [1.0, 2.0] for n in range(17)}), ZH)
    assert len(chart.data) <= 5 and chart.layout.height == pytest.approx(5 * 96, abs=10)


def matrix() -> pl.DataFrame:
    """Two counties and three indicators, one of which nobody reports."""
    rows = [
        ("530102", "a", "指标甲", 12.0, "value"),
        ("530103", "a", "指标甲", 95.0, "value"),
        ("530102", "b", "指标乙", 1.0, "missing"),
        ("530103", "b", "指标乙", 60.0, "not_applicable"),
        ("530102", "c", "指标丙", None, "left_out"),
        ("530103", "c", "指标丙", None, "left_out"),
    ]
    names = ["region_id", "indicator_id", "indicator", "score", "score_state"]
    return pl.DataFrame(rows, schema=names, orient="row").with_columns(name=pl.col("region_id"))


def test_matrix_shades_values_hatches_missing_and_leaves_out_unreported() -> None:
    chart = heat.figure(matrix(), ZH, selected="530103")
    traces = drawn(chart)
    assert boxes(traces["step 0"]) == 1 and boxes(traces["step 4"]) == 1 and boxes(traces["missing"]) == 1
    assert sum(boxes(traces[f"step {step}"]) for step in range(5)) == 2
    assert list(chart.layout.yaxis.ticktext) == ["指标甲", "指标乙"]
    assert ["530102", "b"] in traces["cells"]["customdata"]
    said = [word for trace in chart.data if trace.name == "figures" for word in trace.text]
    assert sorted(said) == ["12", "95", "–"]


CASES = [
    (ranking.figure, places([70.0, None, 90.0])),
    (change.bump, windows({"a": [1, None], "b": [2, 1]})),
    (change.dumbbell, places([70.0, None])),
    (spine.figure, spines(["near", "above", "near"])),
    (small_multiples.figure, series({"a": [1.0, None]})),
    (heat.figure, matrix()),
]


@LANGUAGES
@pytest.mark.parametrize(("draw", "frame"), CASES)
def test_empty_says_so_and_same_frame_is_same_figure(draw: Any, frame: pl.DataFrame, text: Text) -> None:
    nothing = draw(frame.clear(), text)
    assert nothing.layout.annotations and not nothing.data
    assert draw(frame, text).to_json() == draw(frame, text).to_json()


@pytest.mark.parametrize(("draw", "frame"), CASES)
def test_english_figures_hold_no_chinese_but_names(draw: Any, frame: pl.DataFrame) -> None:
    said = words(draw(frame.drop("reason", strict=False), EN))
    for name in ("甲", "市", "指标", "乙", "丙", "失信与整改"):
        said = said.replace(name, "")
    family = style.base(100).layout.font.family
    assert not [letter for letter in said.replace(family, "") if "\u4e00" <= letter <= "\u9fff"]


def test_lettering() -> None:
    assert lettering.width("昆明", 10) == 20 and lettering.width("<b>昆明</b>", 10) == 20
    assert lettering.wrap("债务率(按法定债务测算)", 7) == "债务率(按法定<br>债务测算)"
    assert lettering.wrap("Written reasons filed on time", 9) == "Written reasons<br>filed on time"
    assert lettering.shorten("昆明市", 3) == "昆明市" and lettering.shorten("西双版纳州", 4) == "西双版…"
    assert [lettering.signed(number) for number in (1.26, -0.5, 0.04)] == ["+1.3", "−0.5", "0.0"]
