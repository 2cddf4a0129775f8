"""The text of a stored number under a number format, and of the other kinds of cell."""

from __future__ import annotations

import pytest

from pipelines.ingest.kind import Unreadable
from pipelines.ingest.workbook_cells import PLAIN, form_of, iso_text, number_text, serial_text, unescaped
from pipelines.ingest.workbook_sheet import column_number


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("General", "plain"),
        ("G/通用格式", "plain"),
        ("#,##0.00", "plain"),
        ("0.00E+00", "plain"),
        ("0%", "plain"),
        ('#,##0.00"元"', "plain"),
        ('0 "days"', "plain"),
        ("[Red]-0.00;[Blue]0", "plain"),
        ("[$¥-804]#,##0.00", "plain"),
        ('_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ', "plain"),
        ("@", "plain"),
        ("000000", "padded"),
        ("yyyy-mm-dd", "day"),
        ("d-mmm-yy", "day"),
        ('yyyy"年"m"月"d"日";@', "day"),
        ("[$-F800]dddd, mmmm dd, yyyy", "day"),
        ("yyyy/m/d h:mm", "day"),
        ("[$-804]e年m月", "month"),
        ("mmm-yy", "month"),
        ("yyyy", "year"),
        ("h:mm AM/PM", "time"),
        ("[h]:mm:ss", "time"),
        ("mm:ss.0", "time"),
    ],
)
def test_formats(code: str, kind: str) -> None:
    assert form_of(164, code).kind == kind


@pytest.mark.parametrize(
    ("number", "kind"),
    [(0, "plain"), (4, "plain"), (14, "day"), (17, "month"), (20, "time"), (22, "day"), (57, "month")],
)
def test_formats_known_by_number(number: int, kind: str) -> None:
    assert form_of(number, None).kind == kind


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("530102", "530102"),
        ("530102.0", "530102"),
        ("123456789012345678", "123456789012345678"),
        ("1.23456789012345E+17", "123456789012345000"),
        ("0.30000000000000004", "0.3"),
        ("1.1000000000000001", "1.1"),
        ("1E-7", "0.0000001"),
        ("-0.5", "-0.5"),
        ("-0", "0"),
        (" 5 ", "5"),
    ],
)
def test_numbers(raw: str, text: str) -> None:
    assert number_text(raw, PLAIN, False) == text


@pytest.mark.parametrize(
    ("raw", "code", "text"),
    [
        ("12", "000000", "000012"),
        ("1234567", "000000", "1234567"),
        ("43470", "yyyy-mm-dd", "2019-01-05"),
        ("43470.5", "yyyy-mm-dd", "2019-01-05 12:00:00"),
        ("43470.999999999", "yyyy-mm-dd hh:mm", "2019-01-06"),
        ("43466", "yyyy-mm", "2019-01"),
        ("43470", "yyyy-mm", "2019-01-05"),  # the format hides a day that is there
        ("43466", "yyyy", "2019"),
        ("0.75", "h:mm", "18:00:00"),
        ("1", "yyyy-mm-dd", "1900-01-01"),
        ("59", "yyyy-mm-dd", "1900-02-28"),
        ("60", "yyyy-mm-dd", "1900-02-29"),
        ("61", "yyyy-mm-dd", "1900-03-01"),
        ("2958465", "yyyy-mm-dd", "9999-12-31"),
        ("2958466", "yyyy-mm-dd", "2958466"),
        ("-1", "yyyy-mm-dd", "-1"),
    ],
)
def test_numbers_under_a_format(raw: str, code: str, text: str) -> None:
    assert number_text(raw, form_of(164, code), False) == text


def test_the_calendar_of_1904() -> None:
    assert number_text("0", form_of(14, None), True) == "1904-01-01"
    assert number_text("42008", form_of(14, None), True) == "2019-01-05"
    assert serial_text("42008", True) == "2019-01-05"


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("43470", "2019-01-05"),
        ("43470.25", "2019-01-05 06:00:00"),
        ("32874", "1990-01-01"),
        ("32873", "32873"),
        ("73415", "2100-12-31"),
        ("73416", "73416"),
        ("2019", "2019"),
        ("201901", "201901"),
        ("20190105", "20190105"),
        ("-43470", "-43470"),
        ("", ""),
    ],
)
def test_bare_numbers_in_a_date_column(text: str, date: str) -> None:
    assert serial_text(text, False) == date


@pytest.mark.parametrize("raw", ["x", "nan", "Infinity", "", "1E+999999999", "1,5"])
def test_what_is_no_number_is_damage(raw: str) -> None:
    with pytest.raises(Unreadable):
        number_text(raw, PLAIN, False)


def test_texts() -> None:
    assert unescaped("a_x000D_\nb_x005F_x0041_") == "a\nb_x0041_"
    assert unescaped("_x0000_ _xD800_") == "\ufffd \ufffd"
    assert iso_text("2019-01-05T00:00:00") == "2019-01-05"
    assert iso_text("2019-01-05T09:30:00Z") == "2019-01-05 09:30:00"


def test_columns() -> None:
    assert [column_number(letters) for letters in ("A", "Z", "AA", "XFD")] == [0, 25, 26, 16_383]
    for letters in ("", "a", "XFE", "AAAA"):
        with pytest.raises(Unreadable):
            column_number(letters)
