"""Delay, discovery and withholding never pay, by the real SQL: counties that differ in one act alone.

All counties have the same bodies, petitions and debt. Of a pair the first is honest; the second has the same
records and enters one of them later. Method section 5; the same promises on the index alone:
tests/unit/test_index_properties.py.
"""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipelines import relations
from tests.spec import tables
from tests.spec.test_index import months

FIRST, AS_OF, PAIRS = date(2021, 10, 1), date(2024, 5, 31), 24
REGIONS = relations.reference_frames()["ref.region"]
COUNTIES = REGIONS.filter(region_level="county").sort("region_id")["region_id"].to_list()[: 2 * PAIRS]
PREFECTURES = sorted({f"{county[:4]}00" for county in COUNTIES})
HEADER = (
    "record_id | region_id | source | severity | recognised_date | period_date | entered_date | reason_due"
    " | reason_filed_date | rectify_due | rectified_date | body_name\n"
)


@st.composite
def records(draw: st.DrawFn) -> tuple:
    """A failure: gravity, recognised, days to entry, duties met on time, late, or never."""
    day = FIRST + timedelta(days=draw(st.integers(0, 700)))
    return (
        draw(st.sampled_from(["轻微", "一般", "严重"])),
        day,
        draw(st.integers(0, 30)),
        draw(st.sampled_from([None, 10, 60])),
        draw(st.sampled_from([None, 40, 150])),
    )


ATTACKS = st.tuples(st.lists(records(), max_size=2), records(), st.integers(31, 500))


def line(name: str, county: str, record: tuple, wait: int | None = None) -> str:
    """A row of failures; `wait` days to entry instead of the record's own."""
    gravity, day, entry, filed, rectified = record

    def after(days: int | None) -> str:
        return "·" if days is None else str(day + timedelta(days=days))

    cells = (name, county, "违约失信", gravity, day, day, after(entry if wait is None else wait))
    duties = (after(30), after(filed), after(90), after(rectified), name.split("-")[0] + county)
    return " | ".join(map(str, (*cells, *duties)))


def scores(failures: list[str], silent: str | None = None) -> dict[tuple[str, date], float]:
    """The index of every county and window; the prefecture `silent` registers no failures."""
    reports = ["source | region_id | month | reported_at | complete"]
    for prefecture in PREFECTURES:
        for source in ("failures", "petitions"):
            if (source, prefecture) != ("failures", silent):
                reports += months(source, prefecture, 2020, AS_OF)
    years = range(2021, 2023)
    money = "region_id | year | scope | fiscal_capacity_fen | interest_general_fen | budget_expenditure_general_fen"
    money += " | interest_special_fen | budget_expenditure_fund_fen | overdue_fen\n"
    balances = "region_id | period | scope | balance_general_fen | balance_special_fen | limit_general_fen"
    balances += " | limit_special_fen\n"
    con = tables.run(
        AS_OF,
        prior_strength=5.0,
        reports="\n".join(reports),
        failures=HEADER + "\n".join(failures),
        exposure="region_id | year | gov_bodies\n" + "\n".join(f"{c} | 2020 | 40" for c in COUNTIES),
        petitions="case_id | region_id | case_type | registered_date | transferred_date | repeat_flag\n"
        + "\n".join(
            f"{c}-{y} | {c} | 申诉求决 | {y}-03-05 | {y}-03-06 | 初件"
            for c in COUNTIES
            for y in (*years, 2023, 2024)
        ),
        debt_year=money
        + "\n".join(f"{c} | {y} | 全辖 | 100 | 1 | 100 | 0 | 0 | 0" for c in COUNTIES for y in years),
        debt_balance=balances
        + "\n".join(f"{c} | {y}-12-01 | 全辖 | 120 | 0 | 999 | 0" for c in COUNTIES for y in years),
    )
    rows = con.execute(
        """select region_id, period, index_score from mart.ranking
        where window_kind = 'r12' and region_level = 'county' and index_score is not null"""
    ).fetchall()
    return {(region, period): score for region, period, score in rows}


@settings(max_examples=1, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.lists(ATTACKS, min_size=PAIRS, max_size=PAIRS))
def test_late_entry_never_pays_and_what_comes_to_light_counts_from_then(attacks: list[tuple]) -> None:
    drawn, lit = [], []
    for number, (others, record, wait) in enumerate(attacks):
        for side, county in enumerate(COUNTIES[2 * number : 2 * number + 2]):
            drawn += [line(f"o{place}-{county}", county, other) for place, other in enumerate(others)]
            drawn.append(line(f"r-{county}", county, record, wait if side else None))
        lit.append((record[1] + timedelta(days=wait)).replace(day=1))
    found = scores(drawn)
    compared = 0
    for number, entered in enumerate(lit):
        honest, late = COUNTIES[2 * number : 2 * number + 2]
        for (county, period), score in found.items():
            if county == late and period >= entered:
                assert score <= found[honest, period] + 1e-9, (attacks[number], period)
                compared += 1
    assert compared > PAIRS


def test_a_prefecture_that_withholds_its_failures_never_gains() -> None:
    drawn = [
        line(f"r{number}-{county}", county, ("严重", FIRST + timedelta(days=150 * number), 60, None, None))
        for county in COUNTIES
        for number in range(4)
    ]
    told, hidden = (
        scores(drawn),
        scores([row for row in drawn if not row.split("| ")[1].startswith("5301")], "530100"),
    )
    mine = [key for key in told if key[0].startswith("5301")]
    assert mine and all(hidden.get(key, 0.0) <= told[key] for key in mine)
    # Nobody else is moved by it.
    others = [key for key in told if not key[0].startswith("5301")]
    assert others and all(hidden[key] == told[key] for key in others)
