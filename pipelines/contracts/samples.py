"""Cells and files that violate a rule: what the rules' samplers and the broken-file tests draw from.

Cell samplers return the cells to change in a good record; the others change the bytes of a good,
comma-separated UTF-8 file. Numbers of persons are invented and belong to nobody.
"""

from __future__ import annotations

import random

from pipelines.contracts.base import Cells, Column, date_part

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_NO_SUCH_AREA = "999999"


def identity_number(rng: random.Random) -> str:
    """An identity number of an area that does not exist, valid in birth date and check character."""
    born = f"{rng.randint(1950, 2005)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    body = f"{_NO_SUCH_AREA}{born}{rng.randint(0, 999):03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def private_id(rng: random.Random, column: Column) -> Cells:
    """The column holds an identity number, alone or within words."""
    return {column.name: rng.choice(("{}", "证号{}", "({})", "{} 某")).format(identity_number(rng))}


def private_phone(rng: random.Random, column: Column) -> Cells:
    """The column holds a telephone number as a whole token."""
    number = f"1{rng.randint(3, 9)}{rng.randint(0, 999_999_999):09d}"
    return {column.name: rng.choice(("电话{}", "联系 {}", "+86-{}", "({})")).format(number)}


def broken_month(rng: random.Random, column: Column) -> Cells:
    """Year and month columns that make no month."""
    year, month = rng.choice((("2019", "13"), ("", "3"), ("2019", "0"), ("一九年", "3")))
    return {date_part(column.name, "year"): year, date_part(column.name, "month"): month}


def region_empty(rng: random.Random, column: Column) -> Cells:
    """No region at all."""
    return {column.name: rng.choice(("", "　"))}


def region_unknown(rng: random.Random, column: Column) -> Cells:
    """A place or code that is not in Yunnan."""
    return {column.name: rng.choice(("某某县", "成都市", "599999", "火星镇"))}


def region_ambiguous(rng: random.Random, column: Column) -> Cells:
    """A name shared by a prefecture and a county."""
    return {column.name: rng.choice(("楚雄", "大理", "文山", "红河"))}


def region_conflict(rng: random.Random, column: Column) -> Cells:
    """A county in a prefecture it does not lie in."""
    return {column.name: rng.choice(("曲靖市五华区", "昆明市瑞丽市"))}


def region_level(rng: random.Random, column: Column) -> Cells:
    """A whole prefecture where a county or 本级 is wanted."""
    return {column.name: rng.choice(("昆明市", "530300", "红河州"))}


def repeat_last_line(content: bytes) -> bytes:
    """The last row stands twice."""
    return content + content.splitlines(keepends=True)[-1]


def add_cells(content: bytes) -> bytes:
    """The last row has more cells than the header."""
    return content.rstrip(b"\r\n") + b",1,2,3\n"


def open_quote(content: bytes) -> bytes:
    """The last row ends in a quotation mark that is never closed."""
    head, _, _ = content.rstrip(b"\r\n").rpartition(b",")
    return head + b',"\n'


def rename_headers(content: bytes) -> bytes:
    """Headers nobody knows."""
    header, _, rest = content.partition(b"\n")
    return b",".join(b"x%d" % number for number in range(header.count(b",") + 1)) + b"\n" + rest


def add_secret_column(content: bytes) -> bytes:
    """One more column, about hidden debt."""
    return content.replace(b"\n", ",隐性债务余额\n".encode(), 1)


def drop_first_column(content: bytes) -> bytes:
    """The first column (the key) is gone."""
    return b"".join(line.split(b",", 1)[1] for line in content.splitlines(keepends=True))


def double_first_column(content: bytes) -> bytes:
    """The first column stands twice."""
    return b"".join(line.split(b",", 1)[0] + b"," + line for line in content.splitlines(keepends=True))
