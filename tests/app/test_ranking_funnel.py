"""波动判别图: limits as scipy.stats has them, what lies beyond is said, accounts have none."""

from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl
import pytest
from scipy import stats
from streamlit.testing.v1 import AppTest

from dashboard.i18n import LANGUAGES, Text
from dashboard.queries import funnel
from tests.sample import Sample
from tests.tables import rows_of

Run = Callable[..., AppTest]
Words = Callable[[AppTest], str]
LAST = date(2025, 12, 1)


def truth(built: Sample, level: str, indicator: str) -> pl.DataFrame:
    """Every region with a value: rate in the indicator's unit, limits by scipy.stats, and how far beyond."""
    frame = built.snapshot.frame
    row = frame("ref.indicator").row(by_predicate=pl.col("indicator_id") == indicator, named=True)
    rows = frame("mart.indicator_value").filter(
        window_kind="r12", period=LAST, region_level=level, indicator_id=indicator, status="value"
    )
    prior = frame("ref.prior").filter(
        year=2025, region_level=level, prior_group="all", indicator_id=indicator
    )
    weight, (n, below) = (
        prior["event_scale"].item(),
        (rows[name].to_numpy() for name in ("numerator", "denominator")),
    )
    mean = n.sum() / below.sum()
    law = stats.poisson(mean * below / weight) if row["model"] == "GP" else stats.binom(below, mean)
    beyond = np.zeros(len(n), int)
    columns = {}
    for name, tail in (("95", 0.025), ("998", 0.001)):
        low, high = law.ppf(tail) * weight / below, law.ppf(1 - tail) * weight / below
        columns |= {f"low{name}": low * row["scale"], f"high{name}": high * row["scale"]}
        beyond += (n / below < low - 1e-12) | (n / below > high + 1e-12)
    return rows.select(
        "region_id", rate=n / below * row["scale"], **columns, beyond=beyond, mean=pl.lit(mean * row["scale"])
    ).sort("region_id")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("level", "indicator"),
    [("prefecture", "failure_rate"), ("county", "petition_repeat"), ("county", "debtor_list_rate")],
)
def test_page_says_who_lies_beyond_the_limits_of_the_distributions(
    run: Run, words: Words, built: Sample, level: str, indicator: str, lang: str
) -> None:
    text, lvl = Text(lang), "c" if level == "county" else ""
    shown = run("ranking", "sample", tab="funnel", lvl=lvl, i=indicator, lang=lang)
    frame, expected = built.snapshot.frame, truth(built, level, indicator)
    row = frame("ref.indicator").row(by_predicate=pl.col("indicator_id") == indicator, named=True)
    name, places = text.of(row, "name"), 1 if row["unit_zh"] == "%" else 2
    rows = [line for line in rows_of(shown, text("funnel.table", name=name)) if line[1] not in ("·", "–")]
    dash = "—"
    assert [line[1] for line in rows] == [f"{rate:.{places}f}" for rate in expected["rate"]]
    for column, name95 in ((3, "95"), (4, "998")):
        assert [line[column] for line in rows] == [
            f"{one[f'low{name95}']:.{places}f}{dash}{one[f'high{name95}']:.{places}f}"
            for one in expected.to_dicts()
        ]
    sides = np.sign((expected["rate"] - expected["mean"]).to_numpy()) * row["direction"]
    verdicts = [
        text(f"funnel.{'near' if not beyond else 'above' if side > 0 else 'below'}_{beyond}")
        for beyond, side in zip(expected["beyond"], sides, strict=True)
    ]
    assert [line[5] for line in rows] == verdicts
    far, n, said = expected.filter(beyond=2).height, expected.height, words(shown)
    if far:
        assert {"zh": f"{n}个地区中{far}个超出99.8%界限", "en": f"{far} of {n} regions lie beyond"}[
            lang
        ] in said
    else:
        assert text("funnel.title_inside", name=name, n=n) in said
    beside = rows_of(shown, text("funnel.outside_table")) if expected["beyond"].sum() else []
    assert len(beside) == expected.filter(pl.col("beyond") > 0).height


def test_other_years_and_shares_of_one_kind_of_answer_have_limits_too() -> None:
    exposure = np.array([1.0, 2.5, 40.0, 900.0])
    for mean in (0.0, 1e-4, 0.5, 0.999, 1.0):
        for level in (funnel.INNER, funnel.OUTER):
            low, high = funnel.Chance("GP", mean, 0.8).limits(exposure, level)
            law = stats.poisson(mean * exposure / 0.8)
            assert high == pytest.approx(law.ppf(0.5 + level / 2) * 0.8 / exposure if mean else 0 * exposure)
            assert low == pytest.approx(law.ppf(0.5 - level / 2) * 0.8 / exposure if mean else 0 * exposure)
            low, high = funnel.Chance("BB", mean).limits(np.rint(exposure), level)
            share = stats.binom(np.rint(exposure), mean)
            assert high == pytest.approx(share.ppf(0.5 + level / 2) / np.rint(exposure))
            assert low == pytest.approx(np.maximum(share.ppf(0.5 - level / 2), 0) / np.rint(exposure))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("indicator", "why"), [("debt_ratio", "exact"), ("petition_volume", "not_scored")])
def test_what_is_no_sum_of_scored_cases_has_no_limits(
    run: Run, words: Words, built: Sample, indicator: str, why: str, lang: str
) -> None:
    shown, text = run("ranking", "sample", tab="funnel", i=indicator, lang=lang), Text(lang)
    registry = built.snapshot.frame("ref.indicator")
    row = registry.row(by_predicate=pl.col("indicator_id") == indicator, named=True)
    assert text(f"funnel.{why}", name=text.of(row, "name")) in words(shown)
    assert text("funnel.limit_95") not in words(shown)


def test_a_region_and_an_indicator_are_chosen_by_the_boxes(run: Run, words: Words) -> None:
    shown = run("ranking", "sample", tab="funnel", lvl="c", cmp="prefecture", a="530628")
    shown.selectbox(key="pick_funnel_zh").select("petition_repeat").run()
    assert shown.query_params["i"] == "petition_repeat" and "重复信访率:11个地区" in words(shown)
    assert rows_of(shown, "超出界限的地区")[0][0] == "彝良县"
    shown.selectbox(key="pick_region_zh").select("530629").run()
    assert shown.query_params["a"] == "530629" and rows_of(shown, "超出界限的地区")[0][0] == "威信县"
