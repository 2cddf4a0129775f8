"""方法说明: the worked county ends at the published score, priors and numbers are those of the snapshot."""

import math
from collections.abc import Callable
from datetime import date

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.here import Here
from dashboard.i18n import Text
from dashboard.queries import worked
from dashboard.wording import method_coverage, method_worked
from tests.sample import Sample
from tests.tables import rows_of

Run = Callable[..., AppTest]
Words = Callable[[AppTest], str]
At = Callable[..., Here]
LAST = date(2025, 12, 1)
COUNTY = "530325"


def test_every_county_worked_through_ends_at_its_published_score(built: Sample, at: At) -> None:
    """The page's plain arithmetic against what the build's own functions stored, to the ninth digit."""
    here = at(COUNTY)
    dimensions = built.snapshot.frame("ref.dimension")
    ranking = built.snapshot.frame("mart.ranking").filter(
        window_kind="r12", period=LAST, region_level="county", state="ranked"
    )
    window = {"window_kind": "r12", "period": LAST}
    scores = built.snapshot.frame("mart.indicator_score").filter(**window)
    stored = {(row["region_id"], row["indicator_id"]): row for row in scores.to_dicts()}
    kept = built.snapshot.frame("mart.dimension_score").filter(**window)
    parts = {(row["region_id"], row["dimension"]): row["score"] for row in kept.to_dicts()}
    assert ranking.height > 100
    for row in ranking.to_dicts():
        code = row["region_id"]
        steps = method_worked.steps(here, code)
        for step in steps:
            own = stored[code, step["indicator_id"]]
            for name, column in (("estimate", "estimate"), ("points", "score")):
                # Halves of the last of nine digits may be rounded either way.
                if own[column] is not None:
                    assert step[name] == pytest.approx(own[column], abs=1.5e-9), code
            assert step["share"] == pytest.approx(own["weight"], abs=1e-9)
        found = worked.dimensions(steps, dimensions)
        for part in found:
            assert part["score"] == pytest.approx(parts[code, part["dimension"]], abs=1.5e-9)
        # The index by logarithms, as nobody else makes it.
        second = math.exp(sum(part["weight"] * math.log(part["score"]) for part in found))
        assert second == pytest.approx(row["index_score"], abs=1e-9)
        assert worked.index(found) == pytest.approx(row["index_score"], abs=1e-9)
        others = ranking.filter(pl.col("region_id") != code)["index_score"]
        place = worked.rank(others, worked.index(found))
        assert place == (row["rank"], row["ranked_count"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_shows_the_steps_and_agrees(run: Run, words: Words, built: Sample, lang: str) -> None:
    text = Text(lang)
    shown = run("method", "sample", a=COUNTY, lang="" if lang == "zh" else lang)
    said = words(shown)
    assert not shown.exception
    row = built.snapshot.frame("mart.ranking").filter(region_id=COUNTY, window_kind="r12", period=LAST)
    assert text("worked.same", score=f"{row['index_score'][0]:.6f}") in said
    steps = rows_of(shown, text("worked.step_1"))
    scores = built.snapshot.frame("mart.indicator_score").filter(
        region_id=COUNTY, window_kind="r12", period=LAST
    )
    points = {one["indicator_id"]: one["score"] for one in scores.to_dicts()}
    order = built.snapshot.frame("ref.indicator").filter("scored").sort("sort_order")["indicator_id"]
    for code, line in zip(order, steps, strict=True):
        score = points[code]
        assert line[7] == (text("worked.state.left_out") if score is None else f"{score:.2f}")
    sure = built.snapshot.frame("mart.rank_interval").filter(region_id=COUNTY).row(0, named=True)
    ends = {key: f"{sure[key]:.1f}" for key in ("lower", "upper")}
    assert text("standing.interval", **ends) in said


def test_priors_are_the_snapshots_and_say_where_they_are_out_of_date(
    run: Run, words: Words, built: Sample
) -> None:
    shown = run("method", "sample")
    said = words(shown)
    check = built.snapshot.frame("mart.prior_check").filter(window_kind="r12", period=LAST)
    stale = check.filter("stale")
    assert said.count("先验过期\n") == stale.height > 0
    names = dict(built.snapshot.frame("ref.indicator").select("indicator_id", "name_zh").iter_rows())
    lines = {row[0]: row for row in rows_of(shown, "县(市、区)")}
    for row in check.filter(region_level="county").to_dicts():
        line = lines[names[row["indicator_id"]]]
        assert line[1] == f"{row['prior_mean']:.2f}" and line[6] == f"{row['level_rate']:.2f}"
    prior = built.snapshot.frame("ref.prior").filter(
        year=2025, region_level="county", prior_group="all", indicator_id="failure_rate"
    )
    assert lines["失信事项发生率"][3] == str(prior["observations"][0])
    # Every number of these parts of the method stands on the page.
    for group in ("shrinkage", "uncertainty", "attention"):
        for key, value in built.snapshot.method[group].items():
            if isinstance(value, int | float):
                shown_as = f"{round(value, 3):g}" if value >= 0.001 else "0.000001"
                assert f"{Text('zh')(f'parameter.{key}')}\n{shown_as}" in said, key
    for source in built.snapshot.frame("ref.peer_group")["source_zh"]:
        assert source in said


def test_the_example_is_the_chosen_county_or_the_first_ranked(built: Sample) -> None:
    certain = built.snapshot.frame("mart.rank_interval")
    first = certain.filter(pl.col("region_level") == "county", pl.col("index_score").is_not_null())
    assert worked.example(certain, COUNTY) == COUNTY
    assert worked.example(certain, "530000") == first["region_id"].min()
    assert worked.example(certain.clear(), COUNTY) is None


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_was_measured_on_known_truth_is_shown_with_what_is_asked(
    built: Sample, at: At, lang: str
) -> None:
    rows = built.snapshot.frame("ref.index_coverage")
    said = method_coverage.section(at(COUNTY, lang))
    for row in rows.filter(pl.col("value").is_not_null()).to_dicts():
        figure = f"{100 * row['value']:.1f}% ({100 * row['low']:.1f}—{100 * row['high']:.1f})"
        mark = "" if row["holds"] is None else " ✓" if row["holds"] else " " + Text(lang)("coverage.broken")
        assert figure + mark in said, row
        assert Text(lang)(f"coverage.{row['measure']}") in said
    assert rows["repeats"].min() >= 200 and rows["regions"].min() == 129
