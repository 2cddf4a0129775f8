"""The day table behind every deadline: where a last day rolls to when it is not a working day.

Public holidays and make-up working days come from `chinesecalendar`; outside the years it
covers only weekends are known, and such days say so (`weekend_only`). Loaded as
ref.calendar by `pipelines/relations.py`.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import polars as pl
from chinese_calendar.constants import holidays, workdays

FIRST_YEAR = 2000
LAST_YEAR = 2035


# Asked day by day, the library looks for the first and the last of its years each time.
_KNOWN_YEARS = range(min(holidays).year, max(holidays).year + 1)


def is_working_day(day: date) -> tuple[bool, bool]:
    """Return whether `day` is worked and whether that is known from weekends alone."""
    weekday = day.weekday() < 5
    if day.year not in _KNOWN_YEARS:
        return weekday, True
    return day in workdays or (weekday and day not in holidays), False


@cache
def calendar() -> pl.DataFrame:
    """Return one row per day: day, due_day (the day itself, or the next working one), weekend_only.

    Source of the rule: a last day on a public holiday moves to the next working day
    (method section 3, clocks; for petitions to be confirmed by the office that uses it).
    """
    days = [
        date(FIRST_YEAR, 1, 1) + timedelta(n)
        for n in range((date(LAST_YEAR + 1, 1, 1) - date(FIRST_YEAR, 1, 1)).days)
    ]
    due_days: list[date] = []
    weekend_only: list[bool] = []
    next_working = date(LAST_YEAR + 1, 1, 1)
    for day in reversed(days):
        working, guessed = is_working_day(day)
        if working:
            next_working = day
        due_days.append(next_working)
        weekend_only.append(guessed)
    return pl.DataFrame({"day": days, "due_day": due_days[::-1], "weekend_only": weekend_only[::-1]})
