"""The files that are measured: petitions of the sample generator, any number of rows in one CSV file.

One row in a hundred is odd, as in real files: most of those are right in another form (a Chinese date,
another word, a blank too many), one in ten is wrong. The same rows and seed give the same bytes.
"""

from __future__ import annotations

import csv
import random
from pathlib import Path

import polars as pl

from pipelines.contracts import CONTRACTS, column_rules
from pipelines.sample import petitions as cases
from pipelines.sample.dress import Places, Style
from pipelines.sample.settings import AS_OF, DEFAULT_SEED, MONTHS, NONE
from pipelines.sample.world import World, build_world

COLUMNS = tuple(
    name for name in (c.name for c in CONTRACTS["petitions"].columns) if name not in ("eval_office",)
)
_ODD_EVERY = 100
_WRONG_EVERY = 10
_REPEATED = 20  # rows that stand once more at the end

Variant = tuple[str, str | pl.Expr]
_FORMS: tuple[Variant, ...] = (
    ("registered_date", pl.col("registered_date").str.replace(r"^(....)-?(..)-?(..)$", "${1}年${2}月${3}日")),
    ("closed_date", pl.col("closed_date").str.replace(r"^(....)-?(..)-?(..)$", "${1}/${2}/${3}")),
    ("channel", "网络"),
    ("persons", "3人"),
    ("evaluable", "Y"),
    ("category", pl.format(" {}　", pl.col("category"))),
    ("repeat_flag", "初访"),
    ("region", "昆明市五华区"),
)
_FAULTS: tuple[Variant, ...] = (
    ("channel", "托梦"),
    ("persons", "-1"),
    ("registered_date", ""),
    ("closed_date", "2019-02-30"),
    ("category", "来电 13000000000"),
    ("region", "某某县"),
    ("transferred_date", "1990-01-02"),
    ("informed_date", "2031-01-01"),
    ("evaluable", "待定"),
)


def petitions(path: Path, rows: int, *, dates: str = "%Y-%m-%d", seed: int = DEFAULT_SEED) -> int:
    """Write about `rows` petitions, a month at a time, in the order of their registration; gives how many."""
    world = build_world(seed)
    usual = sum(float(cases.expected_cases(world, index).sum()) for index in range(len(MONTHS)))
    regions = pl.Series(Places(world).columns(Style())["region"])
    written = 0
    with path.open("wb") as out:
        out.write((",".join(CONTRACTS["petitions"].column(name).zh for name in COLUMNS) + "\n").encode())
        for index in range(len(MONTHS)):
            texts = _month(world, index, rows / usual, regions, dates, seed)
            _spoil(texts, written).write_csv(out, include_header=False)
            written += texts.height
        again = texts.tail(_REPEATED)
        again.write_csv(out, include_header=False)
    return written + again.height


def _month(world: World, index: int, scale: float, regions: pl.Series, dates: str, seed: int) -> pl.DataFrame:
    """The cells of a month's cases as they stood on the last day."""
    known = cases.known_at(cases.month_cases(world, seed, index, scale), AS_OF)
    return known.select(
        *(_text(known, name, dates) for name in COLUMNS if name not in ("region", "recorded_at")),
        region=regions.gather(known["unit"]),
        recorded_at=_day(pl.max_horizontal(cases.DATES), dates),
    ).select(COLUMNS)


def _text(known: pl.DataFrame, name: str, dates: str) -> pl.Expr:
    cell = pl.col(name)
    if name in cases.DATES:
        return _day(cell, dates).alias(name)
    if known.schema[name] == pl.String:
        return pl.when(cell != "").then(cell).alias(name)
    return pl.when(cell >= 0).then(cell).cast(pl.String).alias(name)


def _day(number: pl.Expr, dates: str) -> pl.Expr:
    return pl.when(number > NONE).then(number).cast(pl.Int32).cast(pl.Date).dt.strftime(dates)


def _spoil(texts: pl.DataFrame, before: int) -> pl.DataFrame:
    """The rows with every hundredth made odd."""
    number = pl.int_range(pl.len()) + before
    odd, turn = number % _ODD_EVERY == _ODD_EVERY - 1, number // _ODD_EVERY
    wrong = turn % _WRONG_EVERY == _WRONG_EVERY - 1
    cells = {name: pl.col(name) for name in COLUMNS}
    for variants, applies, count in ((_FORMS, ~wrong, turn), (_FAULTS, wrong, turn // _WRONG_EVERY)):
        for place, (name, cell) in enumerate(variants):
            chosen = odd & applies & (count % len(variants) == place)
            value = pl.lit(cell) if isinstance(cell, str) else cell
            cells[name] = pl.when(chosen).then(value).otherwise(cells[name])
    return texts.select(cell.alias(name) for name, cell in cells.items())


def broken(path: Path, seeds: int = 3) -> int:
    """Write a small file in which each rule is broken in each column, and each word of a list stands once."""
    contract = CONTRACTS["petitions"]
    spoilt: list[dict[str, str]] = []
    for column in contract.columns:
        for rule in column_rules(column):
            for seed in range(seeds if rule.sampler else 0):
                spoilt.append(rule.sampler(random.Random(f"{seed}"), column))  # type: ignore[misc]
        spoilt += [
            {column.name: word} for allowed in column.values for word in (allowed.en, *allowed.aliases)
        ]
        forms = ("20190305", "2019/3/5", "2019年3月5日", "2019-03", " 2019-03-05　", "２０１９－０３－０５")
        spoilt += [{column.name: text} for text in forms if column.type == "date"]
    for rule in contract.between:
        for seed in range(seeds if rule.sampler else 0):
            spoilt.append(rule.sampler(random.Random(f"{seed}"), contract.column(rule.columns[0])))  # type: ignore[misc]
    known = {column.name: column.example for column in contract.columns}
    spoilt = [cells for cells in spoilt if set(cells) <= set(known)]
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([column.zh for column in contract.columns])
        for number, cells in enumerate(spoilt):
            for good in ({}, cells):
                own = {"case_id": f"XF-{number}-{'bad' if good else 'good'}"}
                writer.writerow((known | own | good).values())
        for day in ("2019-07-01", "2019-08-01", "2019-08-01"):  # the later one stays, then the first
            writer.writerow((known | {"case_id": "XF-twice", "recorded_at": day}).values())
    return 2 * len(spoilt) + 3
