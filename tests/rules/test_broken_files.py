"""One broken file per rule and column, in every encoding and separator: the planted fault is named, alone.

The good record is made of the contract's own examples, the fault by the rule's own sampler, so a
new rule is tested the day it is declared.
"""

from __future__ import annotations

import csv
import random
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.contracts import CONTRACTS, Contract, column_rules
from pipelines.ingest import check_file
from pipelines.regions import frame

RECEIVED = date(2024, 6, 30)
FORMS = [("utf-8", ","), ("utf-8-sig", "\t"), ("gb18030", ";")]
CASES = [
    (source, column.name, rule.id)
    for source, contract in CONTRACTS.items()
    for column in contract.columns
    for rule in column_rules(column, contract.bare_prefecture)
    if rule.sampler is not None and rule.level == "reject"
]


def good_record(contract: Contract) -> dict[str, str]:
    """The examples of the contract, with only the columns that do not restrict each other."""
    return {column.name: column.example for column in contract.columns}


def write(
    path: Path, records: list[dict[str, str]], labels: dict[str, str], encoding: str, mark: str
) -> None:
    names = list(dict.fromkeys(name for record in records for name in record))
    with path.open("w", encoding=encoding, newline="") as out:
        writer = csv.writer(out, delimiter=mark, lineterminator="\n")
        writer.writerow([labels.get(name, name) for name in names])
        writer.writerows([record.get(name, "") for name in names] for record in records)


@pytest.mark.parametrize("source", CONTRACTS)
@pytest.mark.parametrize(("encoding", "mark"), FORMS)
def test_the_good_record_is_good(source: str, encoding: str, mark: str, tmp_path: Path) -> None:
    contract = CONTRACTS[source]
    labels = {column.name: column.zh for column in contract.columns}
    path = tmp_path / "good.csv"
    write(path, [good_record(contract)], labels, encoding, mark)
    report = check_file(path, source=source, received=RECEIVED)
    assert [(p.row, p.column, p.rule) for p in report.problems if p.level == "reject"] == []
    assert (report.rows_read, report.rows_accepted, report.rows_rejected) == (1, 1, 0)


@pytest.mark.parametrize("source", CONTRACTS)
@pytest.mark.parametrize(("encoding", "mark"), FORMS)
def test_planted_faults_are_named_and_nothing_else(
    source: str, encoding: str, mark: str, tmp_path: Path
) -> None:
    contract = CONTRACTS[source]
    rng = random.Random(f"{source} {encoding}")
    counties = frame.regions().filter(pl.col("region_level") == "county")["region_id"].to_list()
    records, planted = [], []
    for number, (_, name, rule_id) in enumerate(case for case in CASES if case[0] == source):
        if rule_id == "encoding_damaged" and encoding == "gb18030":
            continue
        column = contract.column(name)
        rule = next(r for r in column_rules(column, contract.bare_prefecture) if r.id == rule_id)
        assert rule.sampler is not None
        # Every row is another record: by its number, or by its region where the key has no number.
        own = contract.key[0] if contract.column(contract.key[0]).type == "code" else "region"
        record = {**good_record(contract), own: f"N{number:04d}" if own != "region" else counties[number]}
        cells = rule.sampler(rng, column)
        records.append({**record, **cells} if name in cells else {**record, **cells, name: ""})
        planted.append((number_of_row(records), rule_id))
    path = tmp_path / "broken.csv"
    write(path, records, {}, encoding, mark)
    report = check_file(path, source=source, received=RECEIVED)
    found = [(p.row, p.rule) for p in report.problems if p.level == "reject"]
    assert sorted(found) == sorted(planted)
    assert all(p.zh and p.en for p in report.problems)
    assert report.rows_read == len(records) == report.rows_rejected


def number_of_row(records: list[dict[str, str]]) -> int:
    """The spreadsheet row of the last record; the header is row 1."""
    return len(records) + 1
