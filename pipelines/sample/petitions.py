"""Petition cases of one month: who comes, how often, and how fast the offices act.

`month_cases` draws the whole life of each case; `known_at` shows it as a file written on a given day would.
Cases of one month are drawn apart from all others, so that any number of months streams through memory.
`planted_rows` adds the cases of planted events.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from pipelines.sample.settings import (
    AS_OF,
    EPOCH,
    MONTHS,
    NONE,
    PETITIONS,
    SPRING_FESTIVAL,
    Bools,
    Days,
    Floats,
    lognormal_days,
    month_end,
    month_start,
    silent_months,
    stream,
)
from pipelines.sample.world import World, median_for

TRANSFER_SD, INFORM_SD, CLOSE_SD = 0.9, 0.7, 1.29
CHANNELS = (("网上", 0.50), ("来访", 0.20), ("来电", 0.16), ("来信", 0.14))
APPEAL, ADVICE, ACCUSATION, OTHER = "申诉求决", "建议意见", "检举控告", "其他"
CASE_TYPES = ((APPEAL, 0.80), (ADVICE, 0.10), (ACCUSATION, 0.06), (OTHER, 0.04))
APPEAL_SHARE = (
    0.80 * 0.55 * 0.93 * 0.95
)  # claims under art. 31(6) that are accepted: they have a limit of 60 days
PROCEDURES = (("6", 0.55), ("1", 0.15), ("2", 0.09), ("3", 0.06), ("4", 0.06), ("5", 0.09))
CATEGORIES = ("城建", "征地", "劳资", "社保", "教育", "卫健", "环保", "农林", "交通", "物业", "其他")
FIELDS = ("政府采购", "政府和社会资本合作", "招标投标", "招商引资", "地方政府债务", "街道和乡镇")
REFUSALS = ("不属于受理范围", "已由诉讼途径处理", "事实理由不足")
DATES = (
    "registered_date",
    "transferred_date",
    "unit_received_date",
    "informed_date",
    "accepted_date",
    "closed_date",
)
# Days of decisions that have no column of their own, but show only from that day.
HIDDEN = ("recheck_day", "review_day")


def day_weights(first: int, last: int) -> Floats:
    """How busy each day is: weekends half empty, the fortnight around Spring Festival still, summer full."""
    days = [EPOCH + timedelta(number) for number in range(first, last + 1)]
    return np.array([_day_weight(value) for value in days])


def _day_weight(value: date) -> float:
    weight = 0.35 if value.weekday() >= 5 else 1.0
    if any(-5 <= (value - feast).days <= 12 for feast in SPRING_FESTIVAL):
        weight *= 0.25
    return weight * (1.3 if value.month in (7, 8) else 1.0)


def season() -> Floats:
    """The expected share of a month in an average month's cases (72 values, mean 1)."""
    total = np.array([day_weights(month_start(*m), month_end(*m)).sum() for m in MONTHS])
    share: Floats = total / total.mean()
    return share


def pick(rng: np.random.Generator, table: tuple[tuple[str, float], ...], size: int) -> np.ndarray:
    """`size` words drawn with the shares of the table."""
    words = np.array([word for word, _ in table], dtype=object)
    bounds = np.cumsum([share for _, share in table])
    return words[np.minimum(np.searchsorted(bounds, rng.random(size), side="right"), len(words) - 1)]


def silent_units(world: World, source: str, month: tuple[int, int]) -> Bools:
    """Units whose prefecture sent nothing of the source for the month."""
    return np.array([month in silent_months(source, prefecture) for prefecture in world.prefecture])


def expected_cases(world: World, index: int) -> Floats:
    """The mean number of cases of each unit in month `index`: its level, its trend, the season."""
    trend = np.exp(world.petition_trend * (index / 12 - 3))
    cases: Floats = world.petition_mean * trend * season()[index]
    return cases


def _volume(rng: np.random.Generator, world: World, index: int, scale: float) -> Days:
    """Cases by unit, negative binomial around the expected number."""
    mean = expected_cases(world, index) * scale
    mood = rng.gamma(world.petition_shape) / world.petition_shape
    count = rng.poisson(mean * mood).astype(np.int64)
    return np.where(silent_units(world, "petitions", MONTHS[index]), 0, count)


def _duties(rng: np.random.Generator, world: World, unit: Days, registered: Days) -> dict[str, Days]:
    """Dates of transfer, receipt, information, acceptance and closing."""
    size = unit.size

    def delay(name: str, limit: float, sd: float) -> Days:
        return lognormal_days(rng, median_for(world.rate[name], limit, sd)[unit], sd, size)

    transferred = registered + delay("transferred", 15, TRANSFER_SD)
    received = transferred + rng.integers(0, 3, size)
    informed = received + delay("informed", 15, INFORM_SD)
    accepted = np.where(rng.random(size) < 0.93, informed, NONE)
    started = np.where(accepted == NONE, informed, accepted)
    closed = started + delay("closed", 60, CLOSE_SD)
    return {
        "transferred_date": transferred,
        "unit_received_date": received,
        "informed_date": informed,
        "accepted_date": accepted,
        "closed_date": closed,
    }


def _judgements(
    rng: np.random.Generator, world: World, unit: Days, closed: Days, appeal: Bools
) -> dict[str, np.ndarray]:
    """Evaluation, recheck and review of closed cases, and the days from which the last two show."""
    size = unit.size
    evaluable = rng.random(size) < 0.85
    evaluated = rng.random(size) < world.rate["evaluated"][unit]
    satisfied = rng.random(size) < world.rate["satisfied"][unit]
    word = np.where(satisfied, np.where(rng.random(size) < 0.7, "满意", "基本满意"), "不满意")
    word = np.where(evaluated, word, "未评价")
    recheck = appeal & (rng.random(size) < np.where(evaluable & (word == "不满意"), 0.12, 0.03))
    review = recheck & (rng.random(size) < 0.3)
    recheck_day = np.where(recheck, closed + rng.integers(20, 60, size), NONE)
    review_day = np.where(review, recheck_day + rng.integers(20, 60, size), NONE)
    outcome = (("维持", 0.85), ("变更", 0.09), ("撤销", 0.06))
    return {
        "evaluable": np.where(evaluable, "是", "否"),
        "eval_unit": np.where(evaluable, word, ""),
        "recheck_result": np.where(recheck, pick(rng, outcome, size), ""),
        "review_result": np.where(review, pick(rng, outcome, size), ""),
        "recheck_day": recheck_day,
        "review_day": review_day,
    }


def _contents(
    rng: np.random.Generator, world: World, unit: Days, types: tuple[tuple[str, float], ...]
) -> dict[str, np.ndarray]:
    """What the case is about: channel, type, procedure, persons, category, field, repeat."""
    size = unit.size
    case_type = pick(rng, types, size)
    appeal = case_type == APPEAL
    channel = pick(rng, CHANNELS, size)
    crowd = (channel == "来访") & (rng.random(size) < 0.3)
    integrity = rng.random(size) < 0.07
    return {
        "channel": channel,
        "case_type": case_type,
        "procedure": np.where(appeal, pick(rng, PROCEDURES, size), ""),
        "persons": np.where(crowd, 2 + rng.geometric(0.3, size), 1).astype(np.int64),
        "category": np.array(CATEGORIES, dtype=object)[rng.integers(0, len(CATEGORIES), size)],
        "field": np.where(integrity, np.array(FIELDS, dtype=object)[rng.integers(0, len(FIELDS), size)], ""),
        "integrity_related": np.where(integrity, "是", ""),
        "repeat_flag": np.where(rng.random(size) < world.rate["repeat"][unit], "重件", "初件"),
    }


def _refusals(rng: np.random.Generator, size: int) -> dict[str, np.ndarray]:
    refused, returned = rng.random(size) < 0.03, rng.random(size) < 0.02
    reason = np.array(REFUSALS, dtype=object)[rng.integers(0, len(REFUSALS), size)]
    return {
        "not_accepted_reason": np.where(refused, reason, ""),
        "returned": np.where(returned & ~refused, "是", ""),
    }


def month_cases(world: World, seed: int, index: int, scale: float = 1.0) -> pl.DataFrame:
    """All cases registered in month `index` (0 = 2020-01), with their whole later life.

    Columns of the petitions contract with `unit` (index into the world) for region, days as integers
    (NONE = never), texts empty where unknown, and the two HIDDEN days. Sorted by registration.
    """
    rng = stream(seed, PETITIONS, index)
    unit = np.repeat(np.arange(len(world.unit)), _volume(rng, world, index, scale))
    registered = registration_days(rng, index, unit.size)
    order = np.argsort(registered, kind="stable")
    cases = lives(rng, world, unit[order], registered[order])
    return cases.select(case_ids(index, 1, cases.height), pl.all())


def registration_days(rng: np.random.Generator, index: int, size: int) -> Days:
    """Days of month `index`, as busy as `day_weights` says."""
    first, last = month_start(*MONTHS[index]), month_end(*MONTHS[index])
    weights = day_weights(first, last)
    bounds = np.cumsum(weights) / weights.sum()
    days = first + np.minimum(np.searchsorted(bounds, rng.random(size)), last - first)
    return days.astype(np.int64)


def case_ids(index: int, first: int, size: int) -> pl.Series:
    """The ids of `size` cases of month `index` from number `first`."""
    year, month = MONTHS[index]
    prefix = f"S{year % 100:02d}{month:02d}"
    return pl.Series("case_id", [f"{prefix}{number:04d}" for number in range(first, first + size)])


def lives(
    rng: np.random.Generator,
    world: World,
    unit: Days,
    registered: Days,
    types: tuple[tuple[str, float], ...] = CASE_TYPES,
) -> pl.DataFrame:
    """All that ever happens to cases of these units and days; the columns of `month_cases` but the id."""
    dates = {"registered_date": registered, **_duties(rng, world, unit, registered)}
    contents = _contents(rng, world, unit, types)
    appeal = contents["case_type"] == APPEAL
    refusals = _refusals(rng, unit.size)
    open_case = (refusals["not_accepted_reason"] == "") & (refusals["returned"] == "")
    for name in ("accepted_date", "closed_date"):
        dates[name] = np.where(open_case, dates[name], NONE)
    judged = _judgements(rng, world, unit, dates["closed_date"], appeal & (dates["closed_date"] != NONE))
    long = (contents["procedure"] == "6") & (dates["accepted_date"] != NONE)
    long &= (dates["closed_date"] - dates["accepted_date"] > 55) & (rng.random(unit.size) < 0.35)
    return pl.DataFrame(
        {
            "unit": unit,
            **dates,
            **contents,
            **refusals,
            "extended": np.where(long, "是", ""),
            **judged,
        }
    )


def known_at(cases: pl.DataFrame, last: int) -> pl.DataFrame:
    """The same cases as a file written on day `last` shows them: nothing later, and of a 检举控告 only the
    four columns that may be stored (method, principle 8)."""
    shown = [pl.when(pl.col(name) <= last).then(pl.col(name)).otherwise(NONE).alias(name) for name in DATES]
    closed = (pl.col("closed_date") <= last) & (pl.col("closed_date") != NONE)
    done = {
        "evaluable": closed,
        "eval_unit": closed,
        "recheck_result": pl.col("recheck_day") <= last,
        "review_result": pl.col("review_day") <= last,
        "extended": pl.col("accepted_date") + 50 <= last,
        "not_accepted_reason": pl.col("informed_date") <= last,
        "returned": pl.col("unit_received_date") <= last,
    }
    cut = [pl.when(rule).then(pl.col(name)).otherwise(pl.lit("")).alias(name) for name, rule in done.items()]
    kept = {"case_id", "unit", "registered_date", "case_type", *HIDDEN}
    accusation = pl.col("case_type") == ACCUSATION
    blank = [
        pl.when(accusation).then(pl.lit(_empty(dtype), dtype=dtype)).otherwise(pl.col(name)).alias(name)
        for name, dtype in cases.schema.items()
        if name not in kept
    ]
    return cases.with_columns(shown + cut).with_columns(blank)


def _empty(dtype: pl.DataType) -> str | int:
    return "" if dtype == pl.String else NONE


def changed_between(cases: pl.DataFrame, first: int, last: int) -> pl.DataFrame:
    """Cases of which anything shown by `known_at` happened from `first` to `last`, ends included."""
    moments = [pl.col(name).is_between(first, min(last, AS_OF)) for name in (*DATES[1:], *HIDDEN)]
    return cases.filter(pl.any_horizontal(moments) & (pl.col("case_type") != ACCUSATION))
