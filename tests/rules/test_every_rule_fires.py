"""Every rule of every contract has a record or a file that violates it, and nothing else is named."""

from __future__ import annotations

import random
from typing import Any

import pytest

from pipelines.contracts import CONTRACTS, FILE_RULES, ROW_RULES, Column, Rule, column_rules
from pipelines.ingest.layout import texts_of

CELL_RULES = [
    pytest.param(source, column, rule, id=f"{source}-{column.name}-{rule.id}")
    for source, contract in CONTRACTS.items()
    for column in contract.columns
    for rule in column_rules(column, contract.bare_prefecture)
]
BETWEEN_RULES = [
    pytest.param(source, rule, id=f"{source}-{'-'.join(rule.columns)}")
    for source, contract in CONTRACTS.items()
    for rule in contract.between
]
SHAPE_RULES = [
    pytest.param(source, rule, id=f"{source}-{rule.id}")
    for source in CONTRACTS
    for rule in (*ROW_RULES, *FILE_RULES)
]


def test_every_declared_rule_is_tried_below() -> None:
    for source, contract in CONTRACTS.items():
        tried = {p.values[-1].id for p in CELL_RULES + BETWEEN_RULES + SHAPE_RULES if p.values[0] == source}
        assert tried == {rule.id for rule in contract.rules}


@pytest.mark.parametrize("source", CONTRACTS)
def test_good_records_have_no_problem(bench: Any, both_roads: Any, source: str) -> None:
    path = bench.write([bench.good(source, 1), bench.good(source, 2)])
    assert both_roads(bench, path) == set()
    assert bench.check(path).rows_accepted == 2


Case = tuple[str, str, str, int]


@pytest.fixture(scope="module")
def verdicts(shared_bench: Any) -> dict[Case, tuple[set[tuple[str, str]], set[tuple[str, str]], bool]]:
    """For each source, column, rule and seed: what was planted in its row, what was found, if it was kept.

    All rows of a source stand in one file, those with dates in two columns in a second one.
    """
    files: dict[tuple[str, bool], list[tuple[Case, str, dict[str, str]]]] = {}
    for param in CELL_RULES:
        source, column, rule = param.values
        assert rule.sampler is not None, f"nobody can violate {rule.id}"
        for seed in range(3):
            case = (source, column.name, rule.id, seed)
            spoilt = rule.sampler(random.Random(" ".join(map(str, case))), column)
            number = 2 + len(files.get((source, False), []))
            record = shared_bench.split_dates(source, shared_bench.good(source, number), spoilt) | spoilt
            split = column.name not in spoilt
            name = f"{source}-{column.name}" if split else source
            files.setdefault((name, split), []).append((case, texts_of(column, spoilt)[-1], record))
    found: dict[Case, tuple[set[tuple[str, str]], set[tuple[str, str]], bool]] = {}
    for (name, _), rows in files.items():
        path = shared_bench.write([record for _, _, record in rows], f"{name}.csv")
        report = shared_bench.check(path, source=rows[0][0][0])
        problems = shared_bench.found(report)
        assert {row for row, _, _ in problems} == set(range(2, 2 + len(rows)))
        for row, (case, blamed, _) in enumerate(rows, start=2):
            named = {(column, rule) for at, column, rule in problems if at == row}
            levels = {problem.level for problem in report.problems if problem.row == row}
            found[case] = ({(blamed, case[2])}, named, levels == {"warning"})
    return found


@pytest.mark.parametrize(("source", "column", "rule"), CELL_RULES)
def test_a_cell_rule_fires(verdicts: Any, source: str, column: Column, rule: Rule) -> None:
    for seed in range(3):
        planted, found, kept = verdicts[source, column.name, rule.id, seed]
        assert planted == found
        assert kept == (rule.level == "warning")


@pytest.mark.parametrize(("source", "rule"), BETWEEN_RULES)
def test_a_rule_between_columns_fires(bench: Any, source: str, rule: Rule) -> None:
    assert rule.sampler is not None
    column = CONTRACTS[source].column(rule.columns[0])
    records = [bench.good(source, number, rule.columns) for number in (1, 2)]
    path = bench.write([records[0], records[1] | rule.sampler(random.Random(source), column)])
    report = bench.check(path)
    assert bench.found(report) == {(3, column.name, rule.id)}
    assert report.rows_accepted == 1 + (rule.level == "warning")  # a warning keeps the row


@pytest.mark.parametrize(("source", "rule"), SHAPE_RULES)
def test_a_rule_of_rows_and_files_fires(bench: Any, source: str, rule: Rule) -> None:
    assert rule.spoil is not None
    path = bench.write([bench.good(source, 1), bench.good(source, 2)])
    path.write_bytes(rule.spoil(path.read_bytes()))
    named = {problem_rule for _, _, problem_rule in bench.found(bench.check(path))}
    path.unlink()  # one of them is as large as a file may be
    assert named == {rule.id}
