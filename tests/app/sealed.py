"""Small sealed snapshots made by hand, for pages that must be right in cases a sample does not hold.

`write(home, case)` seals one in a workspace: `full` (synthetic, two silent prefectures), `failures_only`
(real data, no exposure, no register). tests/e2e holds the schemas to those of a real build.
"""

import hashlib
import json
import random
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from pipelines import manifest, registry, relations
from pipelines.contracts import CONTRACTS
from pipelines.regions import frame

LAST = date(2025, 12, 1)
SILENT = {"failures": {"533300"}, "petitions": {"533300", "532800"}}
PREFECTURES = frame.regions().filter(pl.col("region_level") == "prefecture")["region_id"].to_list()
REGIONS = ["530000", *PREFECTURES]


def months_before(month: date, back: int) -> date:
    """Return the first day of the month `back` months earlier."""
    number = month.year * 12 + month.month - 1 - back
    return date(number // 12, number % 12 + 1, 1)


def _periods() -> list[tuple[str, date]]:
    ends = [months_before(LAST, back) for back in range(3)]
    return [
        *(("r12", end) for end in ends),
        *(("month", end) for end in ends),
        ("quarter", LAST),
        ("half", LAST),
        ("year", LAST),
        *(("ytd", end) for end in ends),
    ]


def _reason(case: str, row: dict[str, Any], region: str, kind: str) -> str | None:
    """Why a cell is missing in this case; None when it has a value."""
    if case == "failures_only":
        if row["source"] != "failures":
            return "source_absent"
        if row["denominator"] == "gov_bodies":
            return "no_exposure"
        return "not_reported" if row["kind"] == "count" and kind == "r12" else "not_provided"
    silent = SILENT.get(row["source"], set())
    if not silent:
        return None
    return "not_reported" if region in silent or (region == "530000" and kind != "month") else None


def _cell(case: str, row: dict[str, Any], region: str, kind: str, period: date) -> dict[str, Any]:
    draw = random.Random(f"{row['indicator_id']}{region}{kind}{period}")
    reason = _reason(case, row, region, kind)
    whole = region == "530000"
    if row["denominator"] is None:
        number, below = float(draw.randint(200, 900) if whole else draw.randint(0, 60)), None
        ratio: float | None = number
    else:
        below = float(draw.randint(1500, 9000) if whole else draw.randint(60, 900))
        ratio = draw.uniform(0.4, 5) if row["unit_zh"] != "%" else draw.uniform(55, 99)
        number = ratio * below / 100
    not_applicable = row["indicator_id"] == "petition_changed" and region == "533400"
    value = None if reason or not_applicable else ratio
    partial = ratio if reason in ("not_reported", "before_data") else None
    previous, year_ago = (None, None) if value is None else (ratio * 0.98, ratio * 1.1)
    return {
        "region_id": region,
        "region_level": "province" if whole else "prefecture",
        "window_kind": kind,
        "period": period,
        "indicator_id": row["indicator_id"],
        "numerator": number,
        "denominator": below,
        "value": value,
        "partial_value": partial,
        "status": "missing" if reason else "not_applicable" if not_applicable else "value",
        "missing_reason": reason,
        "months_due": 12,
        "months_missing": 3 if reason == "not_reported" else 0,
        "provisional": region == "530100" and kind == "month",
        "previous_value": previous,
        "year_ago_value": year_ago,
        "change_previous": None if value is None else value - previous,
        "change_year_ago": None if value is None else value - year_ago,
    }


def values(case: str) -> pl.DataFrame:
    """Return mart.indicator_value of a case."""
    cells = [
        _cell(case, row, region, kind, period)
        for row in registry.indicators().iter_rows(named=True)
        for region in REGIONS
        for kind, period in _periods()
    ]
    schema = {"months_due": pl.Int32, "months_missing": pl.Int32}
    return pl.DataFrame(cells, infer_schema_length=None, schema_overrides=schema).sort(
        "region_id", "window_kind", "period", "indicator_id"
    )


def reporting(case: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return mart.reporting and mart.missing_report of a case."""
    inferred = case == "failures_only"
    sources = ["failures"] if inferred else ["failures", "petitions"]
    counts, missing = [], []
    for source in sources:
        for back in range(14):
            month = months_before(LAST, back)
            states = dict.fromkeys(PREFECTURES[3:9] if inferred else SILENT[source], "not_reported")
            if not inferred and back == 1:
                states["530100"] = "late"
            missing += [
                {
                    "source": source,
                    "region_id": code,
                    "month": month,
                    "state": state,
                    "reported_at": date(2025, 12, 20) if state == "late" else None,
                    "inferred": inferred,
                }
                for code, state in sorted(states.items())
            ]
            late = sum(state == "late" for state in states.values())
            counts.append(
                {
                    "source": source,
                    "month": month,
                    "prefectures_due": 16,
                    "prefectures_on_time": 16 - len(states),
                    "prefectures_late": late,
                    "prefectures_partial": 0,
                    "prefectures_pending": 0,
                    "prefectures_missing": len(states) - late,
                    "inferred": inferred,
                }
            )
    integers = pl.col("^prefectures_.*$").cast(pl.Int32)
    return (
        pl.DataFrame(counts).with_columns(integers).sort("source", "month"),
        pl.DataFrame(missing, infer_schema_length=None),
    )


def tables(case: str) -> dict[str, pl.DataFrame]:
    """Return every table that pages read, by name."""
    counts, missing = reporting(case)
    real = case == "failures_only"
    undated = [
        {
            "source": "failures",
            "region_id": "530000",
            "region_level": "province",
            "records": 105 if real else 7,
        }
    ]
    left = [("not_recognised", 896)] if real else [("revoked", 31), ("not_recognised", 12)]
    return {
        "mart.indicator_value": values(case),
        "mart.reporting": counts,
        "mart.missing_report": missing,
        "mart.undated": pl.DataFrame(undated, schema_overrides={"records": pl.Int32}),
        "mart.left_out": pl.DataFrame(
            [
                {"region_id": "530000", "region_level": "province", "reason": reason, "records": records}
                for reason, records in left
            ],
            schema_overrides={"records": pl.Int32},
        ),
        **{
            name: table
            for name, table in relations.reference_frames().items()
            if name in ("ref.region", "ref.tile", "ref.indicator", "ref.source", "ref.rule", "ref.glossary")
        },
    }


def write(home: Path, case: str, changed: dict[str, pl.DataFrame] | None = None) -> str:
    """Seal a case in the workspace at `home`, make it the one served, and return its id."""
    made = {**tables(case), **(changed or {})}
    sources = ["failures"] if case == "failures_only" else list(CONTRACTS)
    total = {"batches": 1, "rows_read": 1000, "rows_accepted": 990, "rows_rejected": 10}
    facts: dict[str, Any] = {
        "format": "2",
        "as_of": "2017-01-31" if case == "failures_only" else "2025-12-31",
        "synthetic": case != "failures_only",
        "batches": [],
        "sources": dict.fromkeys(sources, total),
        "coverage": {},
        "hashes": {"registry": "0" * 64},
        "versions": {"zhengxin": "0.1.0"},
        "tables": {
            name: {"rows": table.height, "files": {f"{name}.parquet": ""}} for name, table in made.items()
        },
        "files": sorted(manifest.companion_files()),
    }
    facts["id"] = hashlib.sha256(json.dumps([facts, case, sorted(changed or {})]).encode()).hexdigest()
    folder = home / "snapshots" / facts["id"]
    (folder / "geometry").mkdir(parents=True, exist_ok=True)
    for name, table in made.items():
        table.write_parquet(folder / f"{name}.parquet")
    for name, content in manifest.companion_files().items():
        (folder / name).write_bytes(content)
    (folder / "manifest.json").write_text(json.dumps(facts), encoding="utf-8")
    (home / "CURRENT").write_text(facts["id"], encoding="utf-8")
    return str(facts["id"])
