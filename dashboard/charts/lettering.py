"""Words on charts: how wide they are, where they break, and short forms of months and differences."""

import re
from collections.abc import Iterable
from datetime import date

from dashboard.i18n import Text

SMALL, NORMAL = 11, 13
_TAG = re.compile(r"<[^>]*>")


def month_word(month: date, text: Text) -> str:
    """Return a month without its year, as short as an axis needs it."""
    return f"{month.month}月" if text.lang == "zh" else text.month(month).split(" ")[0]


def year_word(month: date, text: Text) -> str:
    """Return the year of a month for an axis."""
    return f"{month.year}年" if text.lang == "zh" else str(month.year)


def signed(number: float, places: int = 1) -> str:
    """Return a difference with its sign; what rounds to nothing has none."""
    rounded = round(number, places)
    return f"{'+' if rounded > 0 else '−' if rounded < 0 else ''}{abs(rounded):,.{places}f}"


def width(word: str, size: float = NORMAL) -> float:
    """Return about how many pixels a word takes: a Chinese character is one em, a Latin letter half."""
    plain = _TAG.sub("", word)
    return size * sum(1.0 if ord(letter) > 0x2E7F else 0.62 if letter.isupper() else 0.53 for letter in plain)


def margin_for(words: Iterable[str], size: float = NORMAL) -> int:
    """Return the margin that the longest of these words needs beside an axis, line by line."""
    lines = [line for word in words for line in word.split("<br>")]
    return round(max((width(line, size) for line in lines), default=0)) + 12


def shorten(word: str, ems: float) -> str:
    """Return a word cut to about so many ems, with a mark where it goes on."""
    if width(word, 1) <= ems:
        return word
    kept = ""
    for letter in word:
        if width(kept + letter, 1) > ems - 1:
            break
        kept += letter
    return f"{kept.rstrip()}…"


def wrap(word: str, ems: float) -> str:
    """Return a word broken into lines of about so many ems: at blanks, Chinese anywhere."""
    lines, line = [], ""
    for piece in _pieces(word):
        if line and width(line + piece.rstrip(), 1) > ems:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return "<br>".join([*lines, line.rstrip()])


def _pieces(word: str) -> list[str]:
    pieces: list[str] = []
    for letter in word:
        # Punctuation and closing brackets never begin a line.
        glued = pieces and (letter in ",。;:、)」% " or (ord(letter) <= 0x2E7F and _latin(pieces[-1])))
        if glued:
            pieces[-1] += letter
        else:
            pieces.append(letter)
    return pieces


def _latin(piece: str) -> bool:
    return ord(piece[-1]) <= 0x2E7F and not piece.endswith(" ")
