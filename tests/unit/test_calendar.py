"""Working days are those of the library; beyond its years they are known from weekends alone."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar

from pipelines.calendar import FIRST_YEAR, LAST_YEAR, is_working_day


def test_working_days_are_those_of_the_library() -> None:
    days = [date(2019, 1, 1) + timedelta(number) for number in range(3 * 365)]
    assert [is_working_day(day) for day in days] == [
        (chinese_calendar.is_workday(day), False) for day in days
    ]
    assert is_working_day(date(2020, 10, 1)) == (False, False)
    assert is_working_day(date(2020, 10, 10)) == (True, False)  # a Saturday worked in return


def test_beyond_its_years_weekends_are_all_that_is_known() -> None:
    for year in (FIRST_YEAR, LAST_YEAR):
        friday = next(day for n in range(7) if (day := date(year, 10, 1) + timedelta(n)).weekday() == 4)
        assert is_working_day(friday) == (True, True)
        assert is_working_day(friday + timedelta(1)) == (False, True)
