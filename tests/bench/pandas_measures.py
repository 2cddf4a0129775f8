"""The peer in pandas: petition counts by unit and month (`cell/petition.sql`, summed), a month at a time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines import registry
from pipelines.calendar import calendar

WORDS = ["region_id", "case_type", "repeat_flag", "eval_unit", "recheck_result", "review_result"]
DAYS = ["period_date", "registered_date", "transferred_date", "unit_received_date", "informed_date"]
DAYS += ["accepted_date", "closed_date"]
COLUMNS = [*WORDS, *DAYS, "procedure", "evaluable", "extended", "returned", "not_accepted_reason"]
_SUMMED = ("repeated", "evaluable", "evaluated", "rated", "satisfied", "reviewed", "changed")
_CHANGED = ["变更", "撤销"]


def measures(folder: Path, target: Path) -> None:
    """Write region_id, period, measure, amount of the rows in month=…/*.parquet to one file."""
    calendar_days = calendar()
    clocks = _Clocks(
        registry.parameters().row(0, named=True),
        calendar_days["day"].to_numpy().astype("datetime64[D]")[0],
        calendar_days["due_day"].to_numpy().astype("datetime64[D]"),
    )
    parts = [part for month in sorted(folder.glob("month=*")) for part in _counts(_rows(month), clocks)]
    total = pd.concat(parts).groupby(["region_id", "period", "measure"], as_index=False)["amount"].sum()
    total["period"] = total["period"].to_numpy().astype("datetime64[M]").astype("datetime64[D]")
    table = pa.Table.from_pandas(total, preserve_index=False)
    place = table.schema.get_field_index("period")
    pq.write_table(table.set_column(place, "period", table["period"].cast(pa.date32())), target)


class _Clocks:
    """The limits in days, and for each day of the calendar the working day it rolls to."""

    def __init__(self, method: dict[str, float], first: np.datetime64, due: np.ndarray) -> None:
        self.days = {name: int(value) for name, value in method.items() if name.endswith("_days")}
        self.first, self.due = first, due

    def due_days(self, days: pd.Series, limit: int | np.ndarray) -> np.ndarray:
        """The day on which each limit really ends; NaT where there is none."""
        numbers = (days.to_numpy().astype("datetime64[D]") - self.first).astype(np.int64)
        known = days.notna().to_numpy()
        places = np.where(known, numbers + limit, 0)
        inside = known & (places >= 0) & (places < len(self.due))
        return np.where(inside, self.due[np.where(inside, places, 0)], np.datetime64("NaT"))


def _rows(month: Path) -> pd.DataFrame:
    """The rows of a month; words as categories, answers that may be missing as nullable booleans."""
    table = pq.read_table(month, columns=COLUMNS, read_dictionary=WORDS, partitioning=None)
    return table.to_pandas(date_as_object=False, types_mapper={pa.bool_(): pd.BooleanDtype()}.get)


def _counts(rows: pd.DataFrame, clocks: _Clocks) -> list[pd.DataFrame]:
    """The counts of some rows in long form, of the registration and of each clock."""
    counted = ~rows["case_type"].isin(["检举控告", "其他"])
    yes = {name: rows[name].fillna(False).astype(bool) for name in ("evaluable", "extended", "returned")}
    first = rows["repeat_flag"].isna() | (rows["repeat_flag"] == "初件")
    rated = rows["eval_unit"].notna() & (rows["eval_unit"] != "未评价")
    flags = {
        "repeated": rows["repeat_flag"] == "重件",
        "evaluable": yes["evaluable"],
        "evaluated": yes["evaluable"] & rated,
        "rated": rated & first,
        "satisfied": rows["eval_unit"].isin(["满意", "基本满意"]) & first,
        "reviewed": rows["recheck_result"].notna() | rows["review_result"].notna(),
        "changed": rows["recheck_result"].isin(_CHANGED) | rows["review_result"].isin(_CHANGED),
    }
    registration = {"petition_volume": 1, "petitions_registered": counted.astype(np.int64)}
    registration |= {f"petitions_{name}": (counted & flags[name]).astype(np.int64) for name in _SUMMED}
    days = clocks.days
    answerable = ~yes["returned"] & rows["not_accepted_reason"].isna()
    closing = days["close_days"] + np.where(yes["extended"], days["close_extension_days"], 0)
    ends = {
        "transfers": (clocks.due_days(rows["registered_date"], days["transfer_days"]), "transferred_date"),
        "replies": (
            clocks.due_days(rows["unit_received_date"].where(answerable), days["inform_days"]),
            "informed_date",
        ),
        "closings": (
            clocks.due_days(rows["accepted_date"].where(rows["procedure"] == 6), closing),
            "closed_date",
        ),
    }
    found = [_summed(rows["region_id"], rows["period_date"].to_numpy(), registration)]
    for name, (due, done) in ends.items():
        kept = counted.to_numpy() & ~np.isnat(due)
        on_time = rows[done].to_numpy().astype("datetime64[D]") <= due
        sums = {f"petition_{name}_due": 1, f"petition_{name}_on_time": on_time[kept].astype(np.int64)}
        found.append(_summed(rows["region_id"][kept], due[kept], sums))
    return found


def _summed(regions: pd.Series, days: np.ndarray, sums: dict[str, object]) -> pd.DataFrame:
    """Sums by unit and month, in long form."""
    periods = days.astype("datetime64[M]").astype(np.int64)
    table = pd.DataFrame({"region_id": regions.to_numpy(), "period": periods, **sums})
    wide = table.groupby(["region_id", "period"], observed=True, sort=False, as_index=False).sum()
    long = wide.melt(["region_id", "period"], var_name="measure", value_name="amount")
    return long.astype({"region_id": str})
