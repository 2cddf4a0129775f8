"""The rows of the two debt sources: which regions report what, when it was approved, published and recorded.

Every reporting office (a prefecture, or the province for its own level) sends one quarter or year at a time.
Counties and zones report 全辖; prefectures and the province 本级 and 全辖, the latter the sum of what lies
below, but for what `DIFFERS` and `ABSENT` plant. `debt` draws the figures.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.sample.debt import YEARS, Debt
from pipelines.sample.settings import AS_OF, DEBT_DAYS, NONE, Days, lognormal_days, month_end, stream
from pipelines.sample.world import PROVINCE, World

OWN, WHOLE = "本级", "全辖"
# The end of 2019 for the ratios of that year, then every quarter, so that only what is planted is missing.
QUARTERS = tuple(
    (year, quarter) for year in YEARS for quarter in range(1, 5) if year > YEARS[0] or quarter == 4
)
REPORT_YEARS = YEARS[:-1]
LATE_SHARE = 0.04
PUBLICATION_MEDIAN, PUBLICATION_SD, PACE_SD = 9.0, 0.5, 0.35  # days; the last between regions, for good
BALANCE_AMOUNTS = ("balance_general", "limit_general", "balance_special", "limit_special")
YEAR_AMOUNTS = (
    *("fiscal_capacity", "interest_general", "interest_special", "budget_expenditure_general"),
    *("budget_expenditure_fund", "principal_due", "overdue", "new_debt"),
)
# 玉溪's own 全辖 figures for the end of 2024 are 1.2 % above the sum of its parts.
DIFFERS, DIFFERS_BY = ("530400", 2024), 1.012
# 河口 sent nothing for the end of 2024; its prefecture's 全辖 rows know its debt.
ABSENT = ("532532", 2024)


def balance_rows(world: World, debt: Debt, seed: int) -> pl.DataFrame:
    """One row per region, quarter (`period` 2024Q1) and scope, sorted by the day it was recorded.

    `region` is the id of a county, zone, prefecture or the province, amounts are whole 万元, days as integers
    (NONE = never), `office` is who reported.
    """
    rng, pace = stream(seed, DEBT_DAYS, 1), _pace(world, seed)
    parts = []
    for year, quarter in QUARTERS:
        place = YEARS.index(year)
        general, special = debt.balance_at(year, quarter)
        amounts = np.stack([general, debt.limit_general[:, place], special, debt.limit_special[:, place]])
        rows = _with_totals(world, amounts, BALANCE_AMOUNTS, year if quarter == 4 else None)
        end = month_end(year, quarter * 3)
        # The congress approves the budget in the first quarter, its adjustment in the third.
        approved = _approved(rng, rows.height, end) if quarter in (1, 3) else None
        dated = _dated(rng, rows, end, (8, 26), approved, pace)
        parts.append(dated.with_columns(period=pl.lit(f"{year}Q{quarter}")))
    return pl.concat(parts).sort("recorded_at", "period", "office", maintain_order=True)


def year_rows(world: World, debt: Debt, seed: int) -> pl.DataFrame:
    """One row per region, `year` and scope, as `balance_rows`; a report comes in the following spring."""
    rng, pace = stream(seed, DEBT_DAYS, 2), _pace(world, seed)
    parts = []
    for year in REPORT_YEARS:
        place = YEARS.index(year)
        amounts = np.stack([getattr(debt, name)[:, place] for name in YEAR_AMOUNTS])
        rows = _with_totals(world, amounts, YEAR_AMOUNTS, year)
        end = month_end(year, 12)
        approved = _approved(rng, rows.height, end + 100)
        dated = _dated(rng, rows, end, (118, 170), approved, pace)
        parts.append(dated.with_columns(year=pl.lit(year)))
    return pl.concat(parts).sort("recorded_at", "year", "office", maintain_order=True)


def _with_totals(
    world: World, amounts: Days, names: tuple[str, ...], planted_year: int | None
) -> pl.DataFrame:
    """The rows of one period without days: units, then prefectures and the province as a whole."""
    units = pl.DataFrame(
        {
            "region": [unit[:6] if unit.endswith("L") else unit for unit in world.unit],
            "office": world.prefecture,
            "scope": [OWN if unit.endswith("L") else WHOLE for unit in world.unit],
            **dict(zip(names, amounts, strict=True)),
        }
    )
    sums = [pl.col(name).sum() for name in names]
    below = units.filter(pl.col("office") != PROVINCE)
    prefectures = below.group_by("office").agg(sums).sort("office").with_columns(region="office")
    if planted_year == DIFFERS[1]:
        raised = [
            pl.when(pl.col("region") == DIFFERS[0])
            .then((pl.col(name) * DIFFERS_BY).round().cast(pl.Int64))
            .otherwise(name)
            .alias(name)
            for name in names
        ]
        prefectures = prefectures.with_columns(raised)
    if planted_year == ABSENT[1]:
        units = units.filter(pl.col("region") != ABSENT[0])
    province = pl.DataFrame({"region": [PROVINCE], "office": [PROVINCE]}).with_columns(
        pl.Series(name, [int(row.sum())]) for name, row in zip(names, amounts, strict=True)
    )
    whole = [part.with_columns(scope=pl.lit(WHOLE)).select(units.columns) for part in (prefectures, province)]
    return pl.concat([units, *whole])


def _pace(world: World, seed: int) -> dict[str, float]:
    """How long each region takes to publish, times the median."""
    regions = sorted({unit[:6] if unit.endswith("L") else unit for unit in world.unit})
    times = np.exp(PACE_SD * stream(seed, DEBT_DAYS, 0).standard_normal(len(regions)))
    return dict(zip(regions, times.tolist(), strict=True))


def _approved(rng: np.random.Generator, size: int, last: int) -> Days:
    """Days of approval, three to eleven weeks before `last`."""
    return last - rng.integers(20, 75, size)


def _dated(
    rng: np.random.Generator,
    rows: pl.DataFrame,
    end: int,
    delay: tuple[int, int],
    approved: Days | None,
    pace: dict[str, float],
) -> pl.DataFrame:
    """Adds the days: each office reports once, `delay` days after the period's end or, some, much later.

    Publication is due in 20 days; what is not published when the row is recorded has no date.
    """
    offices = rows["office"].unique().sort()
    late = rng.random(offices.len()) < LATE_SHARE
    days = np.where(late, delay[1] + rng.integers(15, 60, late.size), rng.integers(*delay, late.size))
    recorded = rows["office"].replace_strict(offices, np.minimum(end + days, AS_OF)).to_numpy()
    if approved is None:
        approved = published = np.full(rows.height, NONE)
    else:
        medians = PUBLICATION_MEDIAN * rows["region"].replace_strict(pace).to_numpy()
        published = approved + 1 + lognormal_days(rng, medians, PUBLICATION_SD, rows.height)
    return rows.with_columns(
        approved_date=approved,
        published_date=np.where(published <= recorded, published, NONE),
        recorded_at=recorded,
    )
