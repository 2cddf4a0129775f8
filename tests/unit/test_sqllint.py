"""The portable subset: every SQL file keeps to it, and each denial fires on a snippet and names its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines import graph
from pipelines.build import SQL_ROOT
from pipelines.sqllint import DENIALS, lint, lint_files

DENIED = {
    "datediff": ["select datediff('hour', t.a, t.b) from s.t", "select date_diff('day', a, b) from s.t"],
    "dayofweek": [
        "select dayofweek(a) from s.t",
        "select extract(dow from a) from s.t",
        "select weekday(a) from s.t",
    ],
    "ordered list": ["select list(a order by b) from s.t", "select array_agg(a order by b) from s.t"],
    "approx_quantile": ["select approx_quantile(a, 0.5) from s.t"],
    "hash": ["select a from s.t where hash(a) % 7 = 0"],
    "printf": ["select printf('%05d', a) from s.t"],
    "quantile_cont(x, p)": [
        "select quantile_cont(a, 0.5) from s.t",
        "select quantile_cont(a, 0.5) over () from s.t",
    ],
    "date_sub": ["select date_sub('day', a, b) from s.t"],
    "* replace": ["select * replace (1 as a) from s.t", "select t.* replace (1 as a) from s.t"],
    "columns()": ["select columns('a.*') from s.t", "select max(columns(*)) from s.t"],
    "try_strptime": ["select try_strptime(a, '%Y') from s.t"],
    "division by zero": [
        "select a / b from s.t",
        "select a // b from s.t",
        "select a % b from s.t",
        "select mod(a, b) from s.t",
        "select a / 0 from s.t",
        "select a / 0.0 from s.t",
        "select a / nullif(b, 1) from s.t",
        "select a / cast(b as double) from s.t",
        "select a / (b + 1) from s.t",
    ],
    "list slice": ["select a[1:2] from s.t", "select a[:2] from s.t"],
    "asof join": ["select t.a from s.t asof join s.u on t.a >= u.a", "select 1 from s.t positional join s.u"],
    "union by name": [
        "select a from s.t union all by name select a from s.u",
        "select a from s.t union by name select a from s.u",
    ],
    "unnest of a series of dates": [
        "select unnest(range(date '2024-01-01', date '2025-01-01', interval 1 month)) as m",
        "select unnest(generate_series(d, e, interval '1 day')) as m from s.t",
    ],
}
# Denied for the sake of another engine, refused already by the rules of every SQL file.
REFUSED = {
    "table functions": "select a from range(3)",
    "table function": "select a from unnest([1, 2]) as t(a)",
    "only one plain SELECT": "pivot s.t on a using sum(b)",
    "pivot and unpivot": "select a from s.t unpivot (x for y in (a, b))",
}
ALLOWED = [
    "select a / nullif(b, 0), a / nullif(b, 0.0), a / 2, a / -2.5, a / cast(2 as double), a % 12 from s.t",
    "select a / cast(nullif(b, 0) as double) from s.t",
    "select -a, b - a, a * 2, mod(a, 7) from s.t",
    "select percentile_cont(0.5) within group (order by a) from s.t",
    "select list(a), list(a) filter (where b > 1), extract(month from d), date_part('year', d) from s.t",
    "select * exclude (a) from s.t order by all",
    "select a[1], unnest(a) from s.t",
    "select 'hash(a)' as text /* a / b */ from s.t -- printf(a)",
    "select a from s.t union all select a from s.u",
]


def test_every_sql_file_keeps_to_the_subset() -> None:
    files = {**graph.load(SQL_ROOT), **graph.checks(SQL_ROOT)}
    assert len(files) > 20
    assert lint_files(files) == []


def test_every_denial_has_its_snippets() -> None:
    assert [denial.id for denial in DENIALS] == list(DENIED)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in DENIED.items() for text in texts])
def test_a_denial_fires_with_its_reason(name: str, text: str) -> None:
    (problem,) = [
        found for found in lint(f"-- Says a / b.\n\n{text}") if found.message.startswith(f"{name}:")
    ]
    reason, _, instead = problem.message.partition("; ")
    assert problem.line == 3
    assert len(reason) > len(name) + 2 and instead


@pytest.mark.parametrize(("said", "text"), REFUSED.items())
def test_what_no_file_may_do_is_part_of_the_answer(said: str, text: str) -> None:
    assert any(said in problem.message for problem in lint(text))


@pytest.mark.parametrize("text", ALLOWED)
def test_what_is_allowed(text: str) -> None:
    assert lint(text) == ()


def test_all_problems_of_all_files_with_file_and_line(tmp_path: Path) -> None:
    folder = tmp_path / "sql" / "core"
    folder.mkdir(parents=True)
    header = "-- Counts things.\n-- grain: a\n"
    (folder / "y.sql").write_text(f"{header}select\n    a / b as a,\n    hash(a) as h\nfrom s.t")
    (folder / "x.sql").write_text(f"{header}with u as (select printf('%d', a) as a from s.t) select a from u")
    found = [line.partition(";")[0] for line in lint_files(graph.load(tmp_path / "sql"))]
    assert [line.split(": ")[:2] for line in found] == [
        ["sql/core/x.sql:3", "printf"],
        ["sql/core/y.sql:4", "division by zero"],
        ["sql/core/y.sql:5", "hash"],
    ]
