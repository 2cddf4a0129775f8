"""From the stored value of a spreadsheet cell to the text a person sees in it, as far as it matters.

Dates are stored as numbers of days, so the number format decides what a number is; all other
formats (thousands, currency, percent) leave the number as it is. Formulas count by the value the
spreadsheet program last computed, errors by their name (#DIV/0!). Next: `workbook_sheet`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Literal

from pipelines.ingest.kind import Unreadable

FIRST_SERIAL, LAST_SERIAL = 32_874, 73_415
"""1990-01-01 and 2100-12-31 in days: between them, bare numbers in a date column are dates."""
_LAST_DAY = 2_958_465
_DAYS_BETWEEN_CALENDARS = 1462
_DIGITS = 15
_SECONDS_A_DAY = 86_400

# Formats every spreadsheet program knows by number; 27 to 36 and 50 to 58 are dates in Chinese ones.
_BUILT_IN = {
    **dict.fromkeys((14, 15, *range(27, 32), 34, 35, 36, 50, 51, 52, 53, 54, 58), "yyyy-mm-dd"),
    **dict.fromkeys((17, 55, 57), "yyyy-mm"),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 45, 46, 47, 56), "hh:mm:ss"),
    22: "yyyy-mm-dd hh:mm",
}
_LITERAL = re.compile(r'"[^"]*"|\\.|[_*].|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_WHOLE = re.compile(r"[0-9]+")
_SERIAL = re.compile(r"[0-9]{5}([.][0-9]+)?")
_LARGEST_EXPONENT = 308


@dataclass(frozen=True)
class Form:
    """What a number format makes of a number: plain, a date or time of some precision, or padded digits."""

    kind: Literal["plain", "day", "month", "year", "time", "padded"] = "plain"
    width: int = 0


PLAIN = Form()


def form_of(number: int, code: str | None) -> Form:
    """The form of a number format by its number and, where the workbook declares one, its code."""
    code = _BUILT_IN.get(number, "") if code is None else code
    shown = _LITERAL.sub("", code.split(";")[0]).lower()
    if re.fullmatch("0{2,}", shown):
        return Form("padded", len(shown))
    # Letters that are no date: General, its Chinese name G/通用格式, exponents.
    shown = shown.replace("general", "").replace("g/", "")
    days, hours = set("yed") & set(shown.replace("e+", "").replace("e-", "")), set("hs") & set(shown)
    if not days and not hours:
        return Form("month") if "m" in shown else PLAIN
    if not days:
        return Form("time")
    if "d" in days or hours:
        return Form("day")
    return Form("month") if "m" in shown else Form("year")


def number_text(raw: str, form: Form, calendar_1904: bool) -> str:
    """The text of a stored number; raises Unreadable for what is no number."""
    if form is PLAIN and _WHOLE.fullmatch(raw):
        return raw
    try:
        number = Decimal(raw)
    except InvalidOperation:
        number = Decimal("NaN")
    # A hostile exponent would be written out in a million digits.
    if not number.is_finite() or abs(number.adjusted()) > _LARGEST_EXPONENT:
        raise Unreadable("file_corrupt", detail=f"XLSX, {raw[:20]}")
    if form.kind == "padded" and number == number.to_integral_value() and number >= 0:
        return _plain(raw, number).zfill(form.width)
    if form.kind in ("plain", "padded"):
        return _plain(raw, number)
    return _date_text(number, form, calendar_1904) or _plain(raw, number)


def serial_text(text: str, calendar_1904: bool) -> str:
    """The date of a bare number that stands in a date column, else the text itself.

    Whoever pastes values without their format leaves days since 1900, which nobody writes by hand.
    """
    if not _SERIAL.fullmatch(text):
        return text
    number = Decimal(text)
    if not FIRST_SERIAL <= number + (_DAYS_BETWEEN_CALENDARS if calendar_1904 else 0) < LAST_SERIAL + 1:
        return text
    return _date_text(number, Form("day"), calendar_1904)


def unescaped(text: str) -> str:
    """A text with the control characters that XML cannot hold (_x000D_), line ends as one character."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda found: _character(int(found[1], 16)), text)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def iso_text(text: str) -> str:
    """The text of a cell stored as an ISO date: a midnight is a day."""
    return text.removesuffix("Z").removesuffix("T00:00:00").replace("T", " ")


def _character(code: int) -> str:
    # NUL and halves of a pair are damage, here as in a text file.
    return "\ufffd" if code == 0 or 0xD800 <= code <= 0xDFFF else chr(code)


def _plain(raw: str, number: Decimal) -> str:
    """Digits without an exponent, of the 15 that a spreadsheet keeps; whole numbers without a point."""
    digits = raw.strip("+-")
    if not digits.isdigit() and len(number.as_tuple().digits) > _DIGITS:
        number = Decimal(f"{number:.{_DIGITS}g}")
    if number == number.to_integral_value():
        return f"{number:.0f}" if number else "0"  # there is no minus zero
    return f"{number:f}".rstrip("0")


def _date_text(number: Decimal, form: Form, calendar_1904: bool) -> str:
    """The date or time of a number of days; empty where the program itself could not show one."""
    if calendar_1904:
        number += _DAYS_BETWEEN_CALENDARS
    if not 0 <= number < _LAST_DAY + 1:
        return ""
    seconds = int((number * _SECONDS_A_DAY).to_integral_value())
    day, second = divmod(seconds, _SECONDS_A_DAY)
    time = f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
    if form.kind == "time" and day == 0:
        return time
    if day == 60:
        return "1900-02-29"  # a day that never was, kept by every spreadsheet program
    # Before that day the calendar runs one ahead.
    date = datetime(1899, 12, 31 if day < 60 else 30) + timedelta(days=day)
    if form.kind == "year":
        return f"{date.year:04d}"
    if form.kind == "month" and date.day == 1:
        return f"{date.year:04d}-{date.month:02d}"
    return f"{date:%Y-%m-%d}" + (f" {time}" if second else "")
