"""Capacity and back-test against hand-made warnings: every figure can be counted on the page."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from models.warning.backtest import score, weak_kinds
from models.warning.capacity import capacity_for, past_capacities, simulate, within


def month(number: int) -> date:
    return date(2024 + number // 12, number % 12 + 1, 1)


def past() -> pl.DataFrame:
    """Month 0: three warnings; month 1: one; month 2: two, both of level 1."""
    rows = [
        *((0, 4, 0.012, "A", False), (0, 3, 0.004, "B", True), (0, 4, 0.015, "C", None)),
        *((1, 4, 0.011, "A", None), (2, 1, 1e-6, "A", True), (2, 1, 1e-5, "B", None)),
    ]
    return pl.DataFrame(
        [(month(n), *rest) for n, *rest in rows],
        ["period", "level", "p_value", "region_id", "confirmed"],
        orient="row",
    )


def test_a_cap_holds_back_the_least_unusual_and_never_the_gravest() -> None:
    capped = within(past(), 1)
    shown = capped.filter("shown").select("period", "region_id").rows()
    assert shown == [(month(0), "B"), (month(1), "A"), (month(2), "A"), (month(2), "B")]
    assert within(past(), 9)["shown"].all()
    assert not within(past().filter(pl.col("level") > 1), 0)["shown"].any()


def test_what_a_capacity_would_have_meant() -> None:
    rows = simulate(past(), 4, [0, 1, 2, 3]).rows(named=True)
    assert [row["shown"] for row in rows] == [0.5, 1.0, 1.25, 1.5]
    assert [row["waiting"] for row in rows] == [1.0, 0.5, 0.25, 0.0]
    assert [row["threshold_p"] for row in rows] == [None, 0.004, 0.012, None]
    assert [row["full_months"] for row in rows] == [0.5, 0.25, 0.25, 0.0]
    assert [(row["decided"], row["precision"]) for row in rows] == [(1, 1.0), (2, 1.0), *[(3, 2 / 3)] * 2]
    assert [capacity_for(past(), 4, share) for share in (0.0, 0.25, 0.5)] == [3, 1, 0]
    assert capacity_for(past().clear(), 4, 0.0) == 0


def test_capacities_of_the_latest_months() -> None:
    context = pl.DataFrame({"last_month": [month(3)]})
    rows = past_capacities(past(), context, pl.DataFrame({"capacity_months": [3]})).rows(named=True)
    # Months 1 to 3: the fullest has two, both of level 1, which never wait.
    assert [(row["capacity"], row["shown"], row["waiting"]) for row in rows] == [(1, 1.0, 0.0), (2, 1.0, 0.0)]
    assert {row["precision"] for row in rows} == {None}
    none = past_capacities(past().clear(), context, pl.DataFrame({"capacity_months": [3]}))
    assert none.is_empty()


EVENTS = pl.DataFrame(
    [
        ("P1", "spike", "A", month(2), month(2)),
        ("P2", "ramp", "B", month(3), month(8)),
        ("P3", "neighbours", "C", month(5), month(6)),
        ("P3", "neighbours", "D", month(5), month(6)),
        ("P4", "spike", "D", month(30), month(30)),
    ],
    ["event_id", "kind", "region_id", "first_period", "last_period"],
    orient="row",
)
TESTED = pl.DataFrame(
    [(region, "county", month(n)) for region in "ABCD" for n in range(12)]
    + [("X", "prefecture", month(n)) for n in range(12)],
    ["region_id", "region_level", "period"],
    orient="row",
)
PARENTS = pl.DataFrame([(region, "X") for region in "ABCD"], ["region_id", "parent_id"], orient="row")


def test_found_delay_lead_and_price() -> None:
    warnings = pl.DataFrame(
        [
            *(("A", month(3), 3), ("B", month(6), 4), ("B", month(7), 2), ("D", month(5), 4)),
            *(("A", month(9), 4), ("X", month(6), 3), ("X", month(11), 4)),
        ],
        ["region_id", "period", "level"],
        orient="row",
    ).with_columns(seen="period")
    found = score(warnings, TESTED, EVENTS, PARENTS, [0.01])
    by = {(row["kind"], row["level"]): row for row in found.kinds.iter_rows(named=True)}
    # P4 lies where nothing was tested and is not asked for.
    assert {kind: by[kind, 4]["events"] for kind in ("spike", "ramp", "neighbours", "all")} == {
        **{"spike": 1, "ramp": 1, "neighbours": 1, "all": 3}
    }
    assert by["ramp", 4]["delay_months"] == 3 and by["ramp", 4]["lead_months"] == 2
    assert by["ramp", 2]["delay_months"] == 4 and by["spike", 3]["delay_months"] == 1
    assert by["neighbours", 4]["first_month"] == 1 and by["neighbours", 3]["recall"] == 0
    assert by["all", 1]["found"] == 0 and by["all", 1]["delay_months"] is None
    price = {(row["region_level"], row["level"]): row for row in found.price.iter_rows(named=True)}
    county = price["county", 4]
    assert (county["warnings"], county["false_warnings"], county["region_years"]) == (5, 1, 4.0)
    assert county["false_per_region_year"] == 0.25 and county["false_share"] == 0.2
    assert county["false_a_month"] == pytest.approx(1 / 12)
    # 2 + 7 + 3 + 3 months of events, four of them warned of.
    assert county["recall_cells"] == pytest.approx(4 / 15)
    assert price["prefecture", 4]["false_warnings"] == 1 and price["county", 1]["false_share"] is None
    at = found.prevalence.filter(level=4)["false_discovery"].to_list()
    rate = 0.25 / 12
    assert at == pytest.approx([0.99 * rate / (0.99 * rate + 0.01 * 4 / 15)])
    assert weak_kinds(found.kinds, 0.5).is_empty()
    assert weak_kinds(score(warnings.head(1), TESTED, EVENTS, PARENTS, []).kinds, 0.5)["kind"].to_list() == [
        "neighbours",
        "ramp",
    ]
