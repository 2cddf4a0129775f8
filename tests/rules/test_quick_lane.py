"""The quick lane reads what it lets through as the whole statement does, and lets nothing wrong through."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.contracts import CONTRACTS, Contract, column_rules
from pipelines.ingest import mapping, stage
from pipelines.ingest.look import look
from pipelines.ingest.places import Places
from pipelines.ingest.quick import Quick
from pipelines.ingest.rows import fast_relation
from pipelines.ingest.stage import Stage
from pipelines.ingest.statement import Statement

RECEIVED = date(2020, 6, 30)
# From how many rows on a file goes by the quick lane, to force every file onto one or the other.
LANES = {"whole": 10**9, "quick": 1}
# Right, but not the commonest form of a date or of anything else; some are wrong for some columns.
DATES = (
    "2019/3/5",
    "2019-3-5",
    "20190305",
    "2019年3月5日",
    " 2019-03-05",
    "2019-03",
    "２０１９-03-05",
    "19891231",
)
OTHERS = (
    "",
    " ",
    "　",
    "否",
    "1.0",
    "１",
    "1,234",
    "0",
    "x ",
    "　x",
    "第６项",
    "云Ｘ-1",
    "12345678901",
    "a\tb",
)


def variants(contract: Contract) -> Iterator[dict[str, str]]:
    """What differs from a good record: a violation of each rule, another form or word in each column."""
    for column in contract.columns:
        for rule in column_rules(column, contract.bare_prefecture):
            if rule.sampler is not None:
                yield rule.sampler(random.Random(f"{column.name} {rule.id}"), column)
        words = [word for value in column.values for word in (str(value.stored), value.en, *value.aliases)]
        for text in (*(DATES if column.type == "date" else OTHERS), *words):
            yield {column.name: text}
    for rule in contract.between:
        if rule.sampler is not None:
            yield rule.sampler(random.Random(rule.id), contract.column(rule.columns[0]))


def files(bench: Any, contract: Contract) -> Iterator[Path]:
    """Every variant between good records: dates in one column, with quotation marks too, or in two."""
    source = contract.source
    one: list[dict[str, str]] = []
    two: list[dict[str, str]] = []
    for number, cells in enumerate(variants(contract)):
        record = bench.good(source, 2 * number)
        if set(cells) <= set(contract.by_name):
            one += [record | cells, bench.good(source, 2 * number + 1)]
        else:
            two.append(bench.split_dates(source, record, cells) | cells)
    yield bench.write(one, "plain.csv")
    yield bench.write(one, "tabs.csv", delimiter="\t")
    if two:
        yield bench.write(two, "two.csv")


def statement(path: Path, folder: Path, source: str) -> Statement:
    """The whole statement for a file."""
    said = mapping.load(None)
    text, layout = look(path, folder, source, said)
    return Statement(text, layout, Places.of(layout, said), RECEIVED)


def staged(path: Path, folder: Path, source: str) -> dict[str, list[Any]]:
    """Every row a stage wrote, by where it lies, with the hash of the row, its verdict and its cells."""
    folder.mkdir()
    found = {}
    with stage.connection(folder / "spill", {}, 1) as con:
        Stage(con, statement(path, folder, source), folder).run()
        for place in ("accepted", "refused/warned", "refused/rejected"):
            parts = ", ".join(f"'{part}'" for part in sorted((folder / place).rglob("part-*.parquet")))
            if parts:
                rows = f"read_parquet([{parts}], hive_partitioning = true, hive_types_autocast = false)"
                found[place] = con.execute(f"select * from {rows} order by row").fetchall()
    return found


@pytest.mark.parametrize("source", CONTRACTS)
def test_both_lanes_write_the_same_rows(bench: Any, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    monkeypatch.setattr(stage, "MOST_ODD", 1.0)
    for number, path in enumerate(files(bench, CONTRACTS[source])):
        written = {}
        for lane, rows in LANES.items():
            monkeypatch.setattr(stage, "QUICK_FROM_ROWS", rows)
            written[lane] = staged(path, bench.folder / f"{lane}{number}", source)
        assert written["quick"] == written["whole"]
        assert written["whole"]["refused/rejected"]


@pytest.mark.parametrize("source", ["failures", "petitions"])  # only events come in long files
def test_good_rows_pass_and_others_are_put_aside(bench: Any, tmp_path: Path, source: str) -> None:
    contract = CONTRACTS[source]
    good = [bench.good(source, number) for number in range(8)]
    spoilt = good[0] | {contract.columns[0].name: ""}
    for records, share in ((good, 0), ([*good[1:], spoilt], 1 / 8)):
        quick = Quick(statement(bench.write(records), tmp_path, source))
        relation = fast_relation(quick.whole.text, quick.whole.layout)
        with stage.connection(tmp_path / "spill", {}, 1) as con:
            quick.whole.places.add(con, [cells["region"] for cells in records])
            assert con.execute(quick.odd_share(relation)).fetchall() == [(share,)]


def test_a_damaged_file_stays_off_the_quick_lane(bench: Any, tmp_path: Path) -> None:
    path = bench.write([bench.good("petitions", 1) | {"category": "城\ufffd"}])
    assert not Quick(statement(path, tmp_path, "petitions")).fits
