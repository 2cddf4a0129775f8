"""Why a warning was raised, on its page: every figure is the tables' own, in both languages."""

import html
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.export import codenames
from dashboard.here import Here
from dashboard.i18n import LANGUAGES, Text
from dashboard.queries import warnings as queries
from dashboard.state import Selection
from dashboard.wording import warning_detail, warning_grounds, warning_reason, warning_words
from tests.app import sealed
from tests.sample import Sample

Run = Callable[..., AppTest]
Words = Callable[[AppTest], str]


def at(built: Sample, lang: str) -> Here:
    """Where a reader of 预警中心 is, with the province on screen."""
    regions = codenames.named(built.snapshot.frame("ref.region"), False)
    return Here(
        snapshot=built.snapshot,
        text=Text(lang),
        page="warnings",
        selection=Selection(lang=lang),
        kind="r12",
        period=date(2025, 12, 1),
        area=regions.row(by_predicate=pl.col("region_id") == "530000", named=True),
        level="prefecture",
        comparator="province",
        regions=regions,
        coded=False,
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_parts_and_level_are_those_of_the_test(built: Sample, lang: str) -> None:
    here, text = at(built, lang), Text(lang)
    limits = built.snapshot.frame("ref.warning_parameter").row(0, named=True)
    tested = built.snapshot.frame("mart.warning_test").filter(pl.col("state") == "raised")
    forest = built.snapshot.frame("mart.warning_forest")
    months = {
        (row["region_level"], row["period"]): row["tested_count"]
        for row in built.snapshot.frame("mart.warning_month").to_dicts()
    }
    opinions = {(row["region_id"], row["period"]): row for row in forest.to_dicts()}
    warnings = built.snapshot.frame("mart.warning").select("warning_id", "region_id", "period", "provisional")
    for row in tested.join(warnings, on=["region_id", "period"]).to_dicts():
        said = html.unescape(warning_reason.reason(here, row["warning_id"]))
        parts = {name: warning_words.p_words(row[f"{name}_p"], text) for name in warning_reason.PARTS}
        alarm = warning_words.p_words(row["alarm_p"], text)
        assert text("warning.why_level", alarm=alarm, **parts) in said
        units = months[row["region_level"], row["period"]]
        found = text("warning.why_found", n=units) in said
        asked = row["alarm_p"] < limits["level_2_p"] and units >= limits["bh_least_units"]
        assert found is (asked and row["discovered"]), row["warning_id"]
        if row["level"] <= 2:
            assert found or text("warning.why_firm") in said
        if row["alarm_p"] >= limits["level_4_p"]:
            assert text("warning.why_firm") in said
        opinion = opinions.get((row["region_id"], row["period"]))
        flags = {True: "warning.forest_flagged", False: "warning.forest_quiet"}
        for flagged, key in flags.items():
            percentile = f"{opinion['percentile']:.1f}" if opinion else ""
            assert (text(key, percentile=percentile) in said) is bool(
                opinion and opinion["flagged"] is flagged
            )


def test_order_within_a_level_is_by_p(built: Sample) -> None:
    regions = built.snapshot.frame("ref.region")
    first, last = date(2021, 1, 1), date(2025, 12, 1)
    found = queries.in_sight(built.snapshot.frame("mart.warning"), regions, "530000", first, last)
    keys = found.select("level", "p_value").rows()
    assert keys == sorted(keys) and len(keys) == built.snapshot.frame("mart.warning").height


@pytest.mark.parametrize("lang", LANGUAGES)
def test_many_at_once_are_said_first_to_check_the_data(
    run: Run, words: Words, built: Sample, tmp_path: Path, lang: str
) -> None:
    names = (*warning_words.TABLES, "mart.warning_month")
    tables = {name: built.snapshot.frame(name) for name in names}
    month = (pl.col("period") == date(2025, 10, 1)) & (pl.col("region_level") == "prefecture")
    tables["mart.warning_month"] = tables["mart.warning_month"].with_columns(
        pl.when(month).then(9).otherwise("alarmed_count").cast(pl.Int32).alias("alarmed_count"),
        (month | pl.col("together")).alias("together"),
    )
    sealed.write(tmp_path, "full", tables)
    text = Text(lang)
    tested = tables["mart.warning_month"].filter(month)["tested_count"][0]
    figures = {"alarmed": 9, "tested": tested, "level": text("level.prefecture")}
    said = text("warning.together", month=text.month(date(2025, 10, 1)), **figures)
    assert said in words(run("warnings", home=tmp_path, lang="" if lang == "zh" else lang))
    assert said not in words(run("warnings", "sample", lang="" if lang == "zh" else lang))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_contributions_and_evidence_of_every_warning(built: Sample, lang: str) -> None:
    here, text = at(built, lang), Text(lang)
    cells = {
        (row["region_id"], row["period"], row["channel"]): row
        for row in built.snapshot.frame("mart.warning_channel").filter("explains").to_dicts()
    }
    fewest = built.snapshot.frame("mart.warning_evidence").group_by("region_id", "period", "goal")
    taken = {(*key,): part["records"].sum() for key, part in fewest}
    checks = built.snapshot.frame("mart.warning_check").group_by("region_id", "period").len()
    found = {(region, period): n for region, period, n in checks.iter_rows()}
    for row in built.snapshot.frame("mart.warning").to_dicts():
        w, key = row["warning_id"], (row["region_id"], row["period"])
        for channel in row["channels"].split(","):
            card = warning_grounds.excess(here, w, channel)
            *parts, total = card.table.rows  # type: ignore[union-attr]
            cell = cells[*key, channel]
            assert (
                total[4].value == pytest.approx(cell["excess"], abs=1e-9)
                and total[1].value == cell["observed"]
            )
            assert sum(part[4].value for part in parts) == pytest.approx(cell["excess"], abs=1e-8), w
            assert f"{cell['excess']:,.1f}" in card.title
            assert card.below.count("<details") == 3, "the other attributes"
        said = warning_grounds.evidence_words(here, row)
        silent = built.snapshot.frame("mart.warning_evidence").filter(
            pl.col("region_id") == key[0], pl.col("period") == key[1], pl.col("goal") == "silent"
        )
        for part in silent.to_dicts():
            assert str(part["records"]) in said[0] and str(part["of_records"]) in said[0]
        assert taken[*key, "silent"] >= taken[*key, "lower"] or len(said) == 1 or row["level"] < 4, w
        data = warning_grounds.data_checks(here, w, row["lead_channel"])
        n = found.get(key, 0)
        assert data.title == (text("warning.data_found", n=n) if n else text("warning.data_clean"))
        results = [line[1] for line in data.table.rows]  # type: ignore[union-attr]
        assert len(results) == len(warning_grounds.CHECKS)
        assert sum(not isinstance(result, str) for result in results) == n


def test_facts_and_peers_are_the_tables(built: Sample) -> None:
    here, text = at(built, "zh"), Text("zh")
    for row in built.snapshot.frame("mart.warning").filter(pl.col("level") <= 2).to_dicts():
        facts = warning_detail.facts(here, row["warning_id"]).body
        ledger = built.snapshot.frame("mart.warning_ledger").filter(
            pl.col("region_id") == row["region_id"],
            pl.col("first_period") <= row["period"],
            pl.col("last_period") >= row["period"],
        )
        assert text.day(ledger["raised_on"][0]) in facts and ledger["warning_id"][0] in facts
        card = warning_grounds.peers(here, row["warning_id"], row["lead_channel"])
        codes = built.snapshot.frame("mart.peer").filter(pl.col("region_id") == row["region_id"])["peer_id"]
        cells = built.snapshot.frame("mart.warning_channel").filter(
            pl.col("region_id").is_in([row["region_id"], *codes]),
            pl.col("period") == row["period"],
            pl.col("channel") == row["lead_channel"],
        )
        assert sorted(line[1].value for line in card.table.rows if line[1].value is not None) == sorted(  # type: ignore[union-attr]
            cells["observed"].drop_nulls()
        )
