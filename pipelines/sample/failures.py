"""Records of government failures: events, their one or several records, and what was done about them.

`records` draws them once with their whole life; `known_at` shows them as a file of a given day would.
`planted_rows` adds the records of planted events.
The delay from recognition to entry has a median of a month and a p95 of three years, so that the last
months are thin in the data though not in (invented) truth.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.sample.bodies import COUNTY_OFFICES
from pipelines.sample.naming import named
from pipelines.sample.petitions import FIELDS, pick, silent_units
from pipelines.sample.settings import (
    AS_OF,
    FAILURES,
    FIRST_DAY,
    MONTHS,
    NONE,
    Bools,
    Days,
    lognormal_days,
    month_end,
    month_start,
    stream,
)
from pipelines.sample.world import World, median_for

ENTRY_MEDIAN, ENTRY_SD = 30.0, 2.187  # p95 = three years
SHIFT_SD = 0.5  # what of ENTRY_SD lies between units (world.entry_shift)
REASON_DAYS, RECTIFY_DAYS = 30, 90
JUDGMENT, PENALTY, DISCIPLINE, ACCOUNTABILITY = "司法判决", "行政处罚", "纪律处分", "问责处理"
BREACH, ARREARS, DEBTOR = "违约失信", "拖欠账款", "失信被执行人"
SOURCES = (
    (JUDGMENT, 0.23),
    (PENALTY, 0.15),
    (DISCIPLINE, 0.16),
    (ACCOUNTABILITY, 0.18),
    (BREACH, 0.12),
    (ARREARS, 0.10),
    (DEBTOR, 0.06),
)
CHAIN = (ARREARS, JUDGMENT, DEBTOR)
CHAIN_SHARE = 0.15
SEVERITY = (("轻微", 0.6), ("一般", 0.3), ("严重", 0.1))
OBJECTION = (("", 0.965), ("异议中", 0.012), ("成立", 0.005), ("不成立", 0.018))
STANDING = (("有效", 0.83), ("已修复", 0.14), ("已撤销", 0.03))
VERIFIER = {JUDGMENT: "法院", DEBTOR: "法院", ARREARS: "清欠平台", PENALTY: "审计"}
RECOGNISER = {JUDGMENT: "人民法院", DEBTOR: "人民法院", DISCIPLINE: "纪检监察机关"}
MEASURES = ("取消评优", "通报批评", "追责")
DATES = (
    "event_date",
    "recognised_date",
    "entered_date",
    "prefecture_date",
    "province_date",
    "disclosed_date",
    "reason_filed_date",
    "rectified_date",
    "repaired_date",
    "listed_from",
    "listed_to",
)
CHANGES = (*DATES[2:9], "listed_to", "revoked_day")


def _events(rng: np.random.Generator, world: World, scale: float) -> tuple[Days, Days]:
    """Unit and period day of each event, by month."""
    units, days = [], []
    for index, month in enumerate(MONTHS):
        count = rng.poisson(world.failure_mean[:, index] * scale)
        unit = np.repeat(np.arange(len(world.unit)), count)
        first, last = month_start(*month), month_end(*month)
        units.append(unit)
        days.append(rng.integers(first, last + 1, unit.size))
    return np.concatenate(units), np.concatenate(days)


def _chains(rng: np.random.Generator, unit: Days, start: Days, share: float) -> dict[str, np.ndarray]:
    """One row per record: an event is one record, or arrears → judgment → (often) the debtor list."""
    size = unit.size
    chained = rng.random(size) < share
    listed = chained & (rng.random(size) < 0.6)
    judged_day = start + rng.integers(60, 200, size)
    listed_day = judged_day + rng.integers(90, 240, size)
    single = pick(rng, SOURCES, size)
    event = np.arange(size)
    parts = (
        (event, np.where(chained, ARREARS, single), start),
        (event[chained], np.full(int(chained.sum()), JUDGMENT, dtype=object), judged_day[chained]),
        (event[listed], np.full(int(listed.sum()), DEBTOR, dtype=object), listed_day[listed]),
    )
    joined = [np.concatenate([part[place] for part in parts]) for place in range(3)]
    order = np.lexsort((joined[2], joined[0]))
    return {"event": joined[0][order], "source": joined[1][order], "day": joined[2][order]}


def _bodies(rng: np.random.Generator, world: World, unit: Days) -> Days:
    """Which body of the unit each event concerns: a few come again and again; −1, −2 … are villages."""
    bodies = world.bodies[unit, 0]
    number = np.floor(bodies * rng.random(unit.size) ** 2.6).astype(np.int64)
    offices = np.minimum(bodies, len(COUNTY_OFFICES))
    stride = np.where(offices % 11 == 0, 7, 11)  # so that the frequent office differs from unit to unit
    number = np.where(number < offices, (number * stride + unit * 3) % offices, number)
    village = (rng.random(unit.size) < 0.04) & world.counties[unit]
    return np.where(village, -1 - rng.integers(0, 12, unit.size), number)


def _acts(
    rng: np.random.Generator, world: World, unit: Days, day: Days, latest: int | None
) -> dict[str, Days]:
    """Entry (by day `latest` at the latest, if given), the way up, disclosure, reasons and rectification."""
    size = unit.size
    inner = float(np.sqrt(ENTRY_SD**2 - SHIFT_SD**2))
    entered = day + lognormal_days(rng, ENTRY_MEDIAN * world.entry_shift[unit], inner, size)
    if latest is not None:
        entered = np.where(entered > latest, rng.integers(day, latest + 1), entered)
    prefecture = entered + lognormal_days(rng, 9.0, 0.9, size)
    province = prefecture + lognormal_days(rng, 8.0, 0.9, size)
    disclosed = np.where(rng.random(size) < 0.6, province + lognormal_days(rng, 20.0, 0.8, size), NONE)
    filed = day + lognormal_days(rng, median_for(world.rate["reason"], REASON_DAYS, 0.8)[unit], 0.8, size)
    mended = day + lognormal_days(
        rng, median_for(world.rate["rectified"], RECTIFY_DAYS, 0.9)[unit], 0.9, size
    )
    return {
        "entered_date": entered,
        "prefecture_date": prefecture,
        "province_date": province,
        "disclosed_date": disclosed,
        "reason_due": day + REASON_DAYS,
        "reason_filed_date": np.where(rng.random(size) < 0.96, filed, NONE),
        "rectify_due": day + RECTIFY_DAYS,
        "rectified_date": np.where(rng.random(size) < 0.95, mended, NONE),
    }


def _standing(rng: np.random.Generator, acts: dict[str, Days]) -> dict[str, np.ndarray]:
    """Repair (after rectification) and revocation, with the day from which each shows."""
    size = acts["entered_date"].size
    standing = pick(rng, STANDING, size)
    mended, entered = acts["rectified_date"], acts["entered_date"]
    repaired = np.maximum(mended, entered) + rng.integers(30, 400, size)
    standing = np.where((standing == "已修复") & (mended == NONE), "有效", standing)
    return {
        "standing": standing,
        "repaired_date": np.where(standing == "已修复", repaired, NONE),
        "revoked_day": np.where(standing == "已撤销", entered + rng.integers(20, 200, size), NONE),
        "objection": pick(rng, OBJECTION, size),
    }


def _facts(rng: np.random.Generator, source: np.ndarray) -> dict[str, np.ndarray]:
    """What the record says: severity, field, sums, who recognised it and whether as a breach."""
    size = source.size
    money = np.isin(source, (JUDGMENT, BREACH, ARREARS, DEBTOR))
    sums = np.round(60 * np.exp(1.4 * rng.standard_normal(size)), 2)
    internal = np.isin(source, (DISCIPLINE, ACCOUNTABILITY))
    breach = rng.random(size) < np.where(internal, 0.82, 0.95)
    field = np.array(FIELDS, dtype=object)[rng.integers(0, len(FIELDS), size)]
    measure = np.array(MEASURES, dtype=object)[rng.integers(0, len(MEASURES), size)]
    return {
        "severity": pick(rng, SEVERITY, size),
        "field": np.where(rng.random(size) < 0.7, field, "其他"),
        "amount": np.where(money, sums, np.nan),
        "recognised_as_breach": np.where(breach, "是", "否"),
        "verified_by": np.array([VERIFIER.get(word, "自行报送") for word in source], dtype=object),
        "recognised_by": np.array([RECOGNISER.get(word, "主管部门") for word in source], dtype=object),
        "measures": np.where(internal, measure, ""),
    }


def _kept(world: World, unit: Days, day: Days, entered: Days) -> Bools:
    """Records on file by as_of whose period lies in the 72 months and whose prefecture was not silent."""
    kept = (entered <= AS_OF) & (day >= FIRST_DAY) & (day <= AS_OF)
    for month in MONTHS:
        silent = silent_units(world, "failures", month)
        if silent.any():
            inside = (day >= month_start(*month)) & (day <= month_end(*month))
            kept &= ~(inside & silent[unit])
    return kept


def records(world: World, seed: int, scale: float = 1.0) -> pl.DataFrame:
    """Every record entered by as_of, in the order of entry, with its whole later life; see `lives`."""
    rng = stream(seed, FAILURES)
    unit, start = _events(rng, world, scale)
    rows = lives(rng, world, unit, start)
    kept = rows.filter(_kept(world, *(rows[name].to_numpy() for name in ("unit", "day", "entered_date"))))
    return named(world, kept.sort("entered_date", "order"), 1)


def lives(
    rng: np.random.Generator,
    world: World,
    event_unit: Days,
    start: Days,
    *,
    chained: bool = True,
    latest: int | None = None,
) -> pl.DataFrame:
    """All that ever happens to events of these units and days; the columns `naming.named` completes.

    Columns of the failures contract with `unit` (index into the world) for region, days as integers (NONE =
    never), amount in 万元 (NaN = none) and `revoked_day`. Unless `chained`, every event is one record.
    """
    event_body = _bodies(rng, world, event_unit)
    rows = _chains(rng, event_unit, start, CHAIN_SHARE if chained else 0.0)
    unit, body = event_unit[rows["event"]], event_body[rows["event"]]
    day, source = rows["day"], rows["source"]
    acts = _acts(rng, world, unit, day, latest)
    unrecognised = rng.random(day.size) < 0.05
    happened = np.where(unrecognised, day, day - lognormal_days(rng, 45.0, 1.0, day.size))
    debtor = source == DEBTOR
    listed_to = day + lognormal_days(rng, 400.0, 0.8, day.size)
    return pl.DataFrame(
        {
            "event": rows["event"],
            "unit": unit,
            "body": body,
            "source": source,
            "event_date": happened,
            "recognised_date": np.where(unrecognised, NONE, day),
            **acts,
            **_standing(rng, acts),
            **_facts(rng, source),
            "listed_from": np.where(debtor, day, NONE),
            "listed_to": np.where(debtor, listed_to, NONE),
            "refuses": rng.random(day.size) < 0.3,
            "names_earlier": rng.random(day.size) < 0.4,
            "day": day,
            "order": np.arange(day.size),
        }
    )


def known_at(frame: pl.DataFrame, last: int) -> pl.DataFrame:
    """The records entered by day `last` as a file of that day shows them, with `recorded_at`."""
    shown = frame.filter(pl.col("entered_date") <= last).with_columns(
        pl.when(pl.col(name) <= last).then(pl.col(name)).otherwise(NONE).alias(name)
        for name in (*DATES, "revoked_day")
    )
    mended = pl.col("rectified_date") != NONE
    overdue = pl.col("rectify_due") < last
    state = (
        pl.when(mended)
        .then(pl.lit("已整改"))
        .when(overdue & pl.col("refuses") & (pl.col("rectify_due") + 365 < last))
        .then(pl.lit("拒不整改"))
        .when(overdue)
        .then(pl.lit("逾期未整改"))
        .otherwise(pl.lit("整改中"))
    )
    standing = (
        pl.when(pl.col("repaired_date") != NONE)
        .then(pl.lit("已修复"))
        .when(pl.col("revoked_day") != NONE)
        .then(pl.lit("已撤销"))
        .otherwise(pl.lit("有效"))
    )
    return shown.with_columns(
        rectification=state,
        standing=standing,
        recorded_at=pl.max_horizontal(*(pl.col(name) for name in CHANGES)),
    )


def changed_between(frame: pl.DataFrame, first: int, last: int) -> pl.DataFrame:
    """Records entered or changed from day `first` to day `last`, ends included."""
    moments = [pl.col(name).is_between(first, last) for name in CHANGES]
    return frame.filter((pl.col("entered_date") <= last) & pl.any_horizontal(moments))
