"""The 13 indicators of failures and petitions by a second road: plain Python over accepted rows.

From the method, not from the SQL: `failure_pairs` and `petition_pairs` return numerator and denominator
per unit for one window of whole months; levels are added up by the caller. Slow and direct on purpose.
Next: `second_road_debt.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import chinese_calendar
import polars as pl

SEVERITY = {"轻微": 1.0, "一般": 2.0, "严重": 4.0}
Pair = tuple[dict[str, float], dict[str, float]]


def month_number(day: date) -> int:
    return day.year * 12 + day.month


def next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` away, or that month's last day."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    last = (next_month(date(year, month + 1, 1)) - timedelta(1)).day
    return date(year, month + 1, min(day.day, last))


def due(start: date, days: int) -> date:
    """The last day of a time limit: the start day excluded, a day off moves to the next working day."""
    day = start + timedelta(days)
    while not chinese_calendar.is_workday(day):
        day += timedelta(1)
    return day


def standing_failures(failures: pl.DataFrame) -> list[dict]:
    return [
        row
        for row in failures.iter_rows(named=True)
        if row["standing"] != "已撤销" and row["objection"] != "成立" and row["body_level"] != "村居"
    ]


def is_scored(row: dict) -> bool:
    return row["source"] not in ("纪律处分", "问责处理") or bool(row["recognised_as_breach"])


def weighed_from(row: dict) -> date | None:
    return row["entered_date"] or row["period_date"]


def rectified(row: dict) -> date | None:
    if row["rectification"] in ("逾期未整改", "拒不整改"):
        return None
    return row["rectified_date"] or (row["recorded_at"] if row["rectification"] == "已整改" else None)


def repaired(row: dict) -> date | None:
    return (row["repaired_date"] or row["recorded_at"]) if row["standing"] == "已修复" else None


def weight(row: dict, end: date) -> float:
    """Weight of a record at the end of a month (`end` is the day after it)."""
    done = rectified(row)
    factor = 1.0
    if done is not None and done < end:
        factor = 0.5 if row["rectify_due"] is not None and done <= row["rectify_due"] else 0.75
    mended = repaired(row)
    if mended is not None and mended < end:
        factor = 0.0
    age = month_number(end - timedelta(1)) - month_number(weighed_from(row))
    return SEVERITY[row["severity"]] * factor * 0.5 ** (age / 12)


def events(records: list[dict]) -> list[dict]:
    """One record per event: scored before unscored, then the gravest, the latest entered, the highest id."""
    best: dict[str, dict] = {}
    for row in records:
        key = (is_scored(row), SEVERITY[row["severity"]], weighed_from(row) or date.min, row["record_id"])
        if row["event_id"] not in best or key > best[row["event_id"]]["key"]:
            best[row["event_id"]] = {**row, "key": key}
    return list(best.values())


def tally(rows: list[dict], when: Callable[[dict], date | None], first: date, last: date) -> dict[str, float]:
    """How many rows of each unit have their date in the window."""
    counts: dict[str, float] = {}
    for row in rows:
        day = when(row)
        if day is not None and first <= day < next_month(last):
            counts[row["region_id"]] = counts.get(row["region_id"], 0.0) + 1
    return counts


def failure_pairs(
    failures: pl.DataFrame, bodies: dict[str, float], first: date, last: date
) -> dict[str, Pair]:
    """Numerator and denominator per unit of the six failure indicators."""
    records = standing_failures(failures)
    end = next_month(last)
    heaviest: dict[str, tuple] = {}
    for row in records:
        start = weighed_from(row)
        if (
            not is_scored(row)
            or start is None
            or start >= end
            or month_number(last) - month_number(start) >= 36
        ):
            continue
        key = (round(weight(row, end), 9), start, row["record_id"], row["region_id"])
        heaviest[row["event_id"]] = max(heaviest.get(row["event_id"], key), key)
    weights: dict[str, float] = {}
    for key in heaviest.values():
        weights[key[3]] = weights.get(key[3], 0.0) + key[0]

    listed: dict[str, set] = {}
    for row in records:
        start = row["listed_from"] or row["entered_date"] or row["period_date"]
        gone = [day for day in (row["listed_to"], repaired(row)) if day is not None and day < end]
        if row["source"] == "失信被执行人" and start is not None and start < end and not gone:
            listed.setdefault(row["region_id"], set()).add(body(row))

    scored = [row for row in events(records) if is_scored(row)]
    late = [row for row in scored if row["rectify_due"]]
    pairs = {
        "failure_rate": (weights, bodies),
        "debtor_list_rate": ({unit: float(len(found)) for unit, found in listed.items()}, bodies),
        "relapse_rate": (relapses(scored, first, end), bodies),
        "reason_on_time": share(
            [row for row in scored if row["reason_due"]],
            lambda row: row["reason_due"],
            lambda row: (
                row["reason_filed_date"] is not None and row["reason_filed_date"] <= row["reason_due"]
            ),
            first,
            last,
        ),
        "rectified_on_time": share(
            late,
            lambda row: row["rectify_due"],
            lambda row: rectified(row) is not None and rectified(row) <= row["rectify_due"],
            first,
            last,
        ),
        "entry_on_time": share(scored, lambda row: row["entered_date"], entered_in_time, first, last),
    }
    return pairs


def entered_in_time(row: dict) -> bool:
    known = row["recognised_date"] or row["event_date"]
    return known is not None and row["entered_date"] <= known + timedelta(30)


def body(row: dict) -> str:
    named = f"{row['region_id']}|{row['body_name']}" if row["body_name"] else f"record|{row['record_id']}"
    return row["body_uscc"] or named


def relapses(scored: list[dict], first: date, end: date) -> dict[str, float]:
    found: dict[str, set] = {}
    by_body: dict[str, list[dict]] = {}
    for row in scored:
        if row["period_date"] is not None:
            by_body.setdefault(body(row), []).append(row)
    for name, rows in by_body.items():
        for later in rows:
            if not first <= later["period_date"] < end:
                continue
            since = add_months(later["period_date"], -24)
            earlier = [
                row
                for row in rows
                if row["event_id"] != later["event_id"]
                and since <= row["period_date"]
                and (row["period_date"], row["event_id"]) < (later["period_date"], later["event_id"])
            ]
            if earlier or later["relapse_of"]:
                found.setdefault(later["region_id"], set()).add(name)
    return {unit: float(len(names)) for unit, names in found.items()}


def share(
    rows: list[dict],
    when: Callable[[dict], date | None],
    good: Callable[[dict], bool],
    first: date,
    last: date,
) -> Pair:
    """Of the rows dated in the window, how many are good."""
    return (
        tally([row for row in rows if when(row) is not None and good(row)], when, first, last),
        tally(rows, when, first, last),
    )


def petition_pairs(petitions: pl.DataFrame, first: date, last: date) -> dict[str, Pair]:
    """Numerator and denominator per unit of the seven petition indicators."""
    rows = [row for row in petitions.iter_rows(named=True) if row["case_type"] not in ("检举控告", "其他")]
    # Time limits start within four months before the window; earlier rows cannot fall due in it.
    since = add_months(first, -8)
    near = [row for row in rows if since <= row["registered_date"] < next_month(last)]
    for row in near:
        row["transfer_due"] = due(row["registered_date"], 15)
        exempt = row["returned"] or row["not_accepted_reason"] is not None
        received = row["unit_received_date"]
        row["inform_due"] = due(received, 15) if received is not None and not exempt else None
        accepted = row["accepted_date"] if row["procedure"] == 6 else None
        row["close_due"] = due(accepted, 90 if row["extended"] else 60) if accepted is not None else None

    def within(start: str, limit: str) -> Pair:
        return share(
            near,
            lambda row: row[limit],
            lambda row: row[start] is not None and row[start] <= row[limit],
            first,
            last,
        )

    def registered(of: Callable[[dict], bool], good: Callable[[dict], bool]) -> Pair:
        return share([row for row in near if of(row)], lambda row: row["registered_date"], good, first, last)

    rated = ("满意", "基本满意", "不满意")
    changed = ("变更", "撤销")
    return {
        "petition_transferred_on_time": within("transferred_date", "transfer_due"),
        "petition_informed_on_time": within("informed_date", "inform_due"),
        "petition_closed_on_time": within("closed_date", "close_due"),
        "petition_satisfied": registered(
            lambda row: row["eval_unit"] in rated and row["repeat_flag"] in (None, "初件"),
            lambda row: row["eval_unit"] != "不满意",
        ),
        "petition_evaluated": registered(
            lambda row: bool(row["evaluable"]), lambda row: row["eval_unit"] in rated
        ),
        "petition_repeat": registered(lambda row: True, lambda row: row["repeat_flag"] == "重件"),
        "petition_changed": registered(
            lambda row: row["recheck_result"] is not None or row["review_result"] is not None,
            lambda row: row["recheck_result"] in changed or row["review_result"] in changed,
        ),
    }


def bodies(exposure: pl.DataFrame, last: date) -> dict[str, float]:
    """机关单位 per unit: the latest year that has begun by `last`."""
    known = exposure.filter(pl.col("year") <= last.year, pl.col("gov_bodies") > 0).sort("year")
    return {row["region_id"]: float(row["gov_bodies"]) for row in known.iter_rows(named=True)}
