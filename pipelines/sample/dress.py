"""Writes rows the way departments send them: encodings, separators, headers, dates and names of regions.

`Style` says how one file looks, `Sheet` writes it piece by piece (nothing is held), `Places` gives the words
for each unit. What is in the files is decided elsewhere (`generate`).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import IO

import polars as pl

from pipelines.contracts import CONTRACTS
from pipelines.regions import frame as regions
from pipelines.sample.settings import NONE
from pipelines.sample.world import World

DATE_FORMATS = {
    "compact": "%Y%m%d",
    "iso": "%Y-%m-%d",
    "slash": "%Y/%-m/%-d",
    "chinese": "%Y年%-m月%-d日",
    "excel": "%Y-%m-%d",
    "serial": "%Y-%m-%d",
}
QUARTER_FORMS = {
    "short": ("Q1", "Q2", "Q3", "Q4"),
    "chinese": ("年第一季度", "年第二季度", "年第三季度", "年第四季度"),
    "month": ("-03", "-06", "-09", "-12"),
}
TWO_COLUMNS = {"prefecture": "州(市)", "county": "县(市、区)"}
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
FULL_WIDTH_EVERY = 25


@dataclass(frozen=True)
class Style:
    """How a file is written.

    region: code | full (prefecture and county in one) | two (two columns); former: codes and names as
    before the changes of 2010–2021; headers: zh | en; dates: a key of DATE_FORMATS, the last two in workbooks
    only; money: 万元, 亿元, or 元
    with thousands separators; quarters: a key of QUARTER_FORMS; full_width: some region codes in full-width
    digits; own_code: 本级 as 530100L rather than as the bare 530100, which a source of base figures may not
    use. In workbooks: title on top; groups: headers with such a beginning stand under it in a second row;
    numbers: number | text.
    """

    encoding: str = "utf-8"
    separator: str = ","
    newline: str = "\n"
    headers: str = "zh"
    dates: str = "compact"
    region: str = "code"
    former: bool = False
    money: str = "万元"
    quarters: str = "short"
    full_width: bool = False
    own_code: bool = False
    title: str = ""
    groups: tuple[str, ...] = ()
    numbers: str = "number"


class Places:
    """The words a style uses for each unit of the world: text columns in the world's order."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._former = _former_forms()

    def columns(self, style: Style) -> dict[str, list[str]]:
        """Column name → one text per unit: `region`, or `prefecture` and `county`."""
        rows = [self._texts(number, style) for number in range(len(self._world.unit))]
        return {name: [row[name] for row in rows] for name in rows[0]}

    def names(self) -> dict[str, str]:
        """Region id → its name with that of its prefecture, of units, prefectures and the province."""
        world = self._world
        units = zip(world.unit, world.prefecture_name, world.name, strict=True)
        full = {unit: prefecture + name for unit, prefecture, name in units}
        return full | dict(zip(world.prefecture, world.prefecture_name, strict=True))

    def _texts(self, number: int, style: Style) -> dict[str, str]:
        world, unit = self._world, self._world.unit[number]
        code, name, prefecture = unit, world.name[number], world.prefecture_name[number]
        if style.former and unit in self._former:
            code, name = self._former[unit]
        own = unit.endswith("L")
        if style.region == "code":
            return {"region": unit[:6] if own and not style.own_code else code}
        if style.region == "two":
            level = "省本级" if prefecture.endswith("省") else f"{prefecture[-1]}本级"
            return {"prefecture": prefecture, "county": level if own else name}
        return {"region": name if own else prefecture + name}


def _former_forms() -> dict[str, tuple[str, str]]:
    """Today's county → its code and name before its last change of name or code."""
    changes = regions.reference("code_changes").select("new_code", "new_name", "old_code", "old_name")
    return {
        code: (old_code, old_name)
        for code, name, old_code, old_name in changes.iter_rows()
        if (old_code, old_name) != (code, name)
    }


class Sheet:
    """One CSV file being written; use as a context. `rows` counts its data rows, `above` those up to the
    header, so that the next one stands in spreadsheet row `above + rows + 1`."""

    def __init__(
        self, path: Path, source: str, style: Style, columns: tuple[str, ...], places: Places
    ) -> None:
        self.path, self.source, self.style, self.rows, self.above = path, source, style, 0, 1
        self._regions = places.columns(style)
        self.columns = tuple(
            part for name in columns for part in (self._regions if name == "region" else (name,))
        )
        self._begin()

    def __enter__(self) -> Sheet:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def _begin(self) -> None:
        self._stream: IO[bytes] = self.path.open("wb")
        self._write("\ufeff" if self.style.encoding == "utf-8-sig" else "")
        self._put_line(self._headers())

    def _headers(self) -> list[str]:
        if self.style.headers == "en":
            return list(self.columns)
        contract = CONTRACTS[self.source]
        found = []
        for name in self.columns:
            if name in TWO_COLUMNS:
                found.append(TWO_COLUMNS[name])
            else:
                found.append(contract.column(name).zh + self._unit(name))
        return found

    def _unit(self, name: str) -> str:
        column = CONTRACTS[self.source].column(name)
        return f"({self.style.money})" if column.type == "money" else ""

    def append(self, frame: pl.DataFrame) -> None:
        """Writes rows with `unit` (index) or region text, days and numbers as the style has them."""
        if frame.is_empty():
            return
        texts = self._places(frame).select(self._cell(name, frame.schema.get(name)) for name in self.columns)
        self._put(texts)
        self.rows += texts.height

    def append_cells(self, cells: Mapping[str, str]) -> int:
        """Writes one row of ready texts; gives its spreadsheet row."""
        self._put_line([cells.get(name, "") for name in self.columns])
        self.rows += 1
        return self.above + self.rows

    def _places(self, frame: pl.DataFrame) -> pl.DataFrame:
        if "unit" not in frame.columns:
            return frame
        texts = pl.DataFrame(self._regions).with_row_index("unit")
        found = frame.join(
            texts.with_columns(pl.col("unit").cast(pl.Int64)), on="unit", how="left", maintain_order="left"
        )
        if not self.style.full_width:
            return found
        wide = [text.translate(FULL_WIDTH) for text in found["region"]]
        every = pl.int_range(pl.len()) % FULL_WIDTH_EVERY == FULL_WIDTH_EVERY - 1
        return found.with_columns(region=pl.when(every).then(pl.Series(wide)).otherwise("region"))

    def _cell(self, name: str, dtype: pl.DataType | None) -> pl.Expr:
        """The text of a column; an empty text, NONE, a negative or a NaN is an empty cell."""
        cell = pl.col(name)
        column = CONTRACTS[self.source].by_name.get(name)
        if column is not None and column.quarter:
            forms = QUARTER_FORMS[self.style.quarters]
            text = cell.str.slice(0, 4) + cell.str.slice(4).replace_strict(QUARTER_FORMS["short"], forms)
        elif column is None or dtype is None or dtype == pl.String:
            text = cell
        elif column.type == "date":
            dates = pl.when(cell > NONE).then(cell).cast(pl.Int32).cast(pl.Date)
            text = dates.dt.strftime(DATE_FORMATS[self.style.dates])
        elif column.type == "money":
            known = pl.when(cell.cast(pl.Float64).is_not_nan()).then(cell)
            text = known.map_elements(self._money, return_dtype=pl.String)
        else:
            text = pl.when(cell >= 0).then(cell).cast(pl.String)
        return pl.when(text != "").then(text).alias(name)

    def _money(self, value: float) -> str:
        if self.style.money == "元":
            return f"{round(value * 10_000):,}"
        if self.style.money == "亿元":
            value /= 10_000
            return f"{value:.4f}"
        return f"{value:.2f}".rstrip("0").rstrip(".")

    def _put(self, texts: pl.DataFrame) -> None:
        """Writes rows of texts, null for an empty cell."""
        separator, newline = self.style.separator, self.style.newline
        self._write(texts.write_csv(include_header=False, separator=separator, line_terminator=newline))

    def _put_line(self, cells: list[str]) -> None:
        buffer = StringIO()
        csv.writer(buffer, delimiter=self.style.separator, lineterminator=self.style.newline).writerow(cells)
        self._write(buffer.getvalue())

    def _write(self, text: str) -> None:
        encoding = "gb18030" if self.style.encoding == "gb18030" else "utf-8"
        self._stream.write(text.encode(encoding))
