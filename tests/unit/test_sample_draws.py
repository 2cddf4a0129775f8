"""The invented world is as it says it is: volumes, delays, shares, silences, names, from the draws."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import polars as pl
import pytest

from pipelines.sample import failures, faults, petitions, planted_rows, reports
from pipelines.sample.bodies import credit_code
from pipelines.sample.planted import Event, plan
from pipelines.sample.settings import (
    AS_OF,
    DEFAULT_SEED,
    MONTHS,
    NONE,
    SILENT,
    SPRING_FESTIVAL,
    month_end,
    month_start,
)
from pipelines.sample.world import World, build_world, campaign_factor

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
COUNTY_MONTHS = 129 * 72


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(DEFAULT_SEED)


@pytest.fixture(scope="module")
def events(world: World) -> tuple[Event, ...]:
    return plan(world, DEFAULT_SEED)


@pytest.fixture(scope="module")
def records(world: World, events: tuple[Event, ...]) -> pl.DataFrame:
    return planted_rows.records(world, events, DEFAULT_SEED)


@pytest.fixture(scope="module")
def cases(world: World, events: tuple[Event, ...]) -> pl.DataFrame:
    months = [
        planted_rows.month_cases(world, events, DEFAULT_SEED, index).with_columns(month=index)
        for index in range(len(MONTHS))
    ]
    return pl.concat(months)


def of_counties(world: World, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(pl.Series(world.counties[frame["unit"].to_numpy()]))


def calendar_month(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Int32).cast(pl.Date).dt.truncate("1mo")


def test_there_are_all_units_with_bodies_in_their_ranges(world: World) -> None:
    level = np.array(world.level)
    assert [(level == name).sum() for name in ("county", "own", "zone")] == [129, 17, 5]
    for name, low, high in (("county", 60, 150), ("own", 80, 200), ("zone", 15, 40)):
        bodies = world.bodies[level == name]
        assert low <= bodies.min()
        assert bodies.max() <= high
    assert abs(world.bodies[world.unit.index("530000L")] - 120).max() <= 5


def test_county_populations_add_up_to_the_census(world: World) -> None:
    inside = [prefecture == "530100" for prefecture in world.prefecture]
    assert world.population[inside, 0].sum() == 8_460_088
    assert world.population[:, 0].sum() == 47_209_277


def county_months(world: World, frame: pl.DataFrame, column: str) -> np.ndarray:
    """Rows by county and month (129 × 72)."""
    counts = np.zeros((len(world.unit), len(MONTHS)))
    day = pl.col(column).cast(pl.Int32).cast(pl.Date)
    month = frame.select((day.dt.year().cast(pl.Int64) - 2020) * 12 + day.dt.month() - 1).to_series()
    np.add.at(counts, (frame["unit"].to_numpy(), month.to_numpy()), 1)
    return counts[world.counties]


def negative_binomial_k(counts: np.ndarray) -> float:
    """Its size by moments, all county-months together."""
    return float(counts.mean() ** 2 / (counts.var() - counts.mean()))


def test_failures_are_as_frequent_and_as_clustered_as_said(world: World, records: pl.DataFrame) -> None:
    counts = county_months(world, records.unique("event", keep="first", maintain_order=True), "day")
    assert counts.mean() == pytest.approx(0.13, abs=0.01)
    assert (counts > 0).mean() == pytest.approx(0.11, abs=0.006)
    ordinary = failures.records(world, DEFAULT_SEED).unique("event", keep="first", maintain_order=True)
    # k ≈ 0.8 lies between the ordinary rows and those with the planted bursts.
    assert negative_binomial_k(county_months(world, ordinary, "day")) == pytest.approx(1.1, abs=0.1)
    assert negative_binomial_k(counts) == pytest.approx(0.6, abs=0.08)


def test_campaign_years_are_several_times_the_quiet_ones(world: World, records: pl.DataFrame) -> None:
    by_year = campaign_factor().reshape(6, 12).mean(axis=1)
    assert by_year[2] > 3 * by_year[0]
    events = records.unique("event", keep="first", maintain_order=True)
    found = county_months(world, events, "day").reshape(-1, 6, 12).sum(axis=(0, 2))
    assert found[[2, 4]].min() > 1.8 * found[[0, 1, 3, 5]].max()
    assert found[[2, 4]].mean() > 2.5 * found[[0, 1, 3, 5]].mean()


def test_entry_takes_a_month_and_for_one_in_twenty_three_years(world: World, records: pl.DataFrame) -> None:
    rng = np.random.default_rng(1)
    unit = np.tile(np.arange(len(world.unit)), 60)
    drawn = failures.lives(rng, world, unit, np.zeros(unit.size, dtype=np.int64), chained=False)
    delay = (drawn["entered_date"] - drawn["day"]).to_numpy()
    assert np.median(delay) == pytest.approx(30, rel=0.2)
    assert np.quantile(delay, 0.95) == pytest.approx(3 * 365, rel=0.2)
    # What is on file by the day of the data lacks the longest delays.
    known = records["entered_date"] - records["day"]
    assert known.median() == pytest.approx(22, abs=4)
    assert AS_OF - 7 <= records["entered_date"].max() <= AS_OF  # type: ignore[operator]


def test_nothing_is_known_after_the_day_of_the_data(records: pl.DataFrame) -> None:
    known = failures.known_at(records, AS_OF)
    assert known.height == records.height
    assert known.select(pl.max_horizontal(*failures.DATES, "recorded_at")).max().item() <= AS_OF
    assert (known["recorded_at"] >= known["entered_date"]).all()


def test_records_by_severity_standing_and_events(records: pl.DataFrame) -> None:
    known = failures.known_at(records, AS_OF)
    severity = dict(known["severity"].value_counts(normalize=True).iter_rows())
    standing = dict(known["standing"].value_counts(normalize=True).iter_rows())
    assert severity["轻微"] == pytest.approx(0.60, abs=0.05)
    assert severity["严重"] == pytest.approx(0.10, abs=0.03)
    assert standing["已撤销"] == pytest.approx(0.03, abs=0.015)
    assert standing["已修复"] == pytest.approx(0.10, abs=0.05)
    per_event = known.group_by("event").len()["len"]
    assert (per_event > 1).mean() == pytest.approx(0.13, abs=0.04)
    assert per_event.max() == 3
    assert set(known["source"]) == {source for source, _ in failures.SOURCES}


def test_some_bodies_fail_again_and_some_records_say_so(records: pl.DataFrame) -> None:
    named = records.filter(pl.col("relapse_of") != "")
    before = records.select(relapse_of="record_id", body_before="body_uscc", day_before="day")
    joined = named.join(before, on="relapse_of", how="left")
    assert named.height > 40
    assert (joined["body_before"] == joined["body_uscc"]).all()
    assert (joined["day"] - joined["day_before"]).is_between(0, 730).all()


def test_bodies_are_generic_and_their_codes_valid(records: pl.DataFrame) -> None:
    assert records["body_name"].str.starts_with("某").all()
    codes = records.filter(pl.col("body_level") != "村居")["body_uscc"].unique()
    weights = [pow(3, place, 31) for place in range(17)]
    for code in codes:
        total = sum(ALPHABET.index(letter) * weight for letter, weight in zip(code, weights, strict=False))
        assert (total + ALPHABET.index(code[17])) % 31 == 0
    assert codes.str.contains(r"^1[12]53\d{4}XN").all()


def test_codes_of_units_sharing_region_digits_differ() -> None:
    units = ("530100L", "530100Z1", "530100Z2", "530100Z5")
    assert len({credit_code(unit, 3, "某局") for unit in units}) == len(units)


def test_petitions_are_as_frequent_and_seasonal_as_said(world: World, cases: pl.DataFrame) -> None:
    counties = of_counties(world, cases)
    assert counties.height / COUNTY_MONTHS == pytest.approx(5, rel=0.08)
    by_month = counties.group_by("month").len().sort("month")["len"].to_numpy().reshape(6, 12)
    mean = by_month.mean(axis=1)
    # The feast fell on 25 January in 2020, 12 February in 2021, 22 January in 2023, 10 February in 2024.
    for year, low, ordinary in ((0, 0, 1), (1, 1, 0), (3, 0, 1), (4, 1, 0)):
        assert by_month[year, low] < 0.85 * by_month[year, ordinary]
    assert (by_month[:, 6:8].mean(axis=1) > 1.15 * mean).all()


def test_few_come_around_spring_festival_wherever_it_falls(cases: pl.DataFrame) -> None:
    days = cases.group_by("registered_date").len()
    for feast in SPRING_FESTIVAL[:6]:
        start = (feast - date(1970, 1, 1)).days
        near = days.filter(pl.col("registered_date").is_between(start - 5, start + 12))["len"].sum() / 18
        year = days.filter(pl.col("registered_date").is_between(start - 30, start + 330))["len"].sum() / 361
        assert near < 0.45 * year, feast


def test_petition_counts_are_negative_binomial(world: World, cases: pl.DataFrame) -> None:
    assert world.petition_shape.min() >= 3
    assert world.petition_shape.max() <= 8
    counts = county_months(world, cases, "registered_date")
    mean = np.stack([petitions.expected_cases(world, index) for index in range(len(MONTHS))], axis=1)
    silent = [petitions.silent_units(world, "petitions", month) for month in MONTHS]
    heard = ~np.stack(silent, axis=1)[world.counties]
    mean, found = mean[world.counties][heard], counts[heard]
    assert 3 < (mean**2).sum() / (((found - mean) ** 2).sum() - mean.sum()) < 8


def test_units_differ_in_how_often_they_are_evaluated(world: World, cases: pl.DataFrame) -> None:
    """The goalposts of the indicator end at 80 %: a quarter of the counties must lie below."""
    rated = of_counties(world, cases).filter((pl.col("evaluable") == "是") & (pl.col("closed_date") != NONE))
    share = rated.group_by("unit").agg((pl.col("eval_unit") != "未评价").mean())["eval_unit"]
    assert (share < 0.8).mean() == pytest.approx(0.25, abs=0.05)
    assert 0.4 < share.min() < 0.6  # type: ignore[operator]


def test_petition_delays_and_judgements(cases: pl.DataFrame) -> None:
    accepted = cases.filter((pl.col("accepted_date") != NONE) & (pl.col("closed_date") != NONE))
    delay = (accepted["closed_date"] - accepted["accepted_date"]).to_numpy() + 0.5
    assert np.median(delay) == pytest.approx(11, rel=0.15)
    assert np.log(delay).std() == pytest.approx(1.29, abs=0.15)
    rated = cases.filter((pl.col("evaluable") == "是") & (pl.col("closed_date") != NONE))
    shares = dict(rated["eval_unit"].value_counts(normalize=True).iter_rows())
    assert shares["满意"] + shares["基本满意"] == pytest.approx(0.81, abs=0.02)
    assert shares["不满意"] == pytest.approx(0.10, abs=0.02)
    assert shares["未评价"] == pytest.approx(0.09, abs=0.01)


@pytest.mark.parametrize(
    ("start", "end", "limit", "share"),
    [
        ("registered_date", "transferred_date", 15, 0.95),
        ("unit_received_date", "informed_date", 15, 0.93),
        ("accepted_date", "closed_date", 60, 0.90),
    ],
)
def test_duties_are_met_as_often_as_said(
    cases: pl.DataFrame, start: str, end: str, limit: int, share: float
) -> None:
    due = cases.filter((pl.col(start) != NONE) & (pl.col(end) != NONE))
    assert (due[end] - due[start] <= limit).mean() == pytest.approx(share, abs=0.02)


def test_units_differ_for_good(world: World, cases: pl.DataFrame) -> None:
    """The spread of on-time rates between units is wider than chance alone would make it."""
    due = cases.filter(pl.col("closed_date") != NONE, pl.col("accepted_date") != NONE)
    rates = due.group_by("unit").agg(
        share=(pl.col("closed_date") - pl.col("accepted_date") <= 60).mean(), cases=pl.len()
    )
    chance = math.sqrt(0.09 / rates["cases"].mean())  # type: ignore[operator]
    assert rates["share"].std() > 2 * chance  # type: ignore[operator]


def test_an_accusation_shows_four_columns_only(cases: pl.DataFrame) -> None:
    shown = petitions.known_at(cases, AS_OF).filter(pl.col("case_type") == petitions.ACCUSATION)
    assert shown.height > 0
    hidden = shown.select(
        pl.exclude("case_id", "unit", "registered_date", "case_type", "month", *petitions.HIDDEN)
    )
    for column in hidden:
        assert set(column) <= {"", NONE}, column.name


def test_silent_prefectures_have_neither_reports_nor_rows(
    world: World, records: pl.DataFrame, cases: pl.DataFrame
) -> None:
    listed = reports.rows(world, DEFAULT_SEED)
    rows = {"failures": (records, "day"), "petitions": (cases, "registered_date")}
    for (source, prefecture), months in SILENT.items():
        inside = pl.Series([place == prefecture for place in world.prefecture])
        frame, column = rows[source]
        mine = frame.filter(inside.gather(frame["unit"]))
        for month in months:
            assert mine.filter(pl.col(column).is_between(month_start(*month), month_end(*month))).is_empty()
            name = f"{month[0]}-{month[1]:02d}"
            assert listed.filter(source=source, office=prefecture, month=name).is_empty()
    missing = sum(len(months) for months in SILENT.values())
    assert listed.height == 2 * 72 * 17 - missing


def test_most_reports_come_in_time(world: World) -> None:
    listed = reports.rows(world, DEFAULT_SEED)
    ends = {f"{year}-{month:02d}": month_end(year, month) for year, month in MONTHS}
    delay = listed["reported_at"] - listed["month"].replace_strict(ends)
    assert (delay <= 10).mean() > 0.93
    assert 0.02 < (delay > 15).mean() < 0.06


def test_scale_multiplies_and_another_seed_differs(world: World) -> None:
    one = petitions.month_cases(world, DEFAULT_SEED, 30)
    assert petitions.month_cases(world, DEFAULT_SEED, 30).equals(one)
    assert not petitions.month_cases(world, 7, 30).equals(one)
    assert petitions.month_cases(world, DEFAULT_SEED, 30, 5.0).height == pytest.approx(
        5 * one.height, rel=0.1
    )


def test_the_planted_identity_number_is_well_formed_but_of_no_place() -> None:
    number = faults.INVENTED_ID_NUMBER
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(number[:17]))
    assert "10X98765432"[total % 11] == number[17]
    assert number.startswith("999999")
