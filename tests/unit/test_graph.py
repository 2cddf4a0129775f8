"""SQL by path: every rule of the graph fires, names its file and line, and order follows reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines import graph, sqltree

HEADER = "-- Counts things. Not all of them.\n-- grain: a\n-- Nor twice.\n"


def write(root: Path, **texts: str) -> Path:
    """`core__x="select 1"` becomes core/x.sql below `root`."""
    for key, text in texts.items():
        path = root / f"{key.replace('__', '/')}.sql"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def problem(root: Path, given: set[str] = frozenset()) -> str:  # type: ignore[assignment]
    """What loading and ordering the files below `root` complains about."""
    with pytest.raises(graph.GraphError) as caught:
        graph.order(graph.load(root), given)
    return str(caught.value)


def test_order_is_derived_from_what_files_read(tmp_path: Path) -> None:
    root = write(
        tmp_path / "sql",
        core__zebra=HEADER + "select a from src.f",
        core__ant=HEADER + "with t as (select a from core.zebra) select a from t",
        mart__top=HEADER
        + "select a from core.ant where a in (select b from ref.r) union all select a from core.zebra",
        check__bad=HEADER + "select a from mart.top where a < 0",
    )
    files = graph.load(root)
    assert graph.order(files, {"src.f", "ref.r"}) == ["core.zebra", "core.ant", "mart.top"]
    assert files["mart.top"].inputs == {"core.ant", "core.zebra", "ref.r"}
    assert list(graph.checks(root)) == ["check.bad"]


def test_header_is_the_documentation(tmp_path: Path) -> None:
    text = "-- Rate, e.g. 2.5 a\n-- month. Says no more.\n-- grain: a, b\n-- Beware.\nselect 1 as a"
    file = graph.load(write(tmp_path, core__x=text))["core.x"]
    assert (file.doc, file.grain, file.caveats) == (
        "Rate, e.g. 2.5 a month.",
        ("a", "b"),
        "Says no more. Beware.",
    )
    chinese = graph.load(write(tmp_path, core__x="-- 每月一行。缺报不是零。\n-- grain: a\nselect 1 as a"))[
        "core.x"
    ]
    assert (chinese.doc, chinese.caveats) == ("每月一行。", "缺报不是零。")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("select a from core.nowhere", "core/x.sql:4: reads core.nowhere"),
        ("select a\nfrom 中文\n", "core/x.sql:5: 中文 is neither a CTE"),
        ("with t as (select a from t) select a from t", "core/x.sql:4: t is neither a CTE"),
        ("select 1 as a; select 2 as a", "core/x.sql:1: there must be exactly one statement, here are 2"),
        ("", "exactly one statement, here are 0"),
        ("create table q as select 1", "only one plain SELECT"),
        ("select * from (pivot src.f on b using sum(c))", "only one plain SELECT"),
        ("with d as (insert into src.f values (1) returning a) select a from d", "only SELECT is allowed"),
        ("select a\nfrom read_csv('x')", "core/x.sql:5: table functions are refused"),
        ("select a from 'x.parquet'", "x.parquet is neither a CTE"),
        ("summarize src.f", "describe, show and summarize"),
        ("select a from memory.src.f", "without a catalog"),
        ("select current_date as a from src.f", "current_date gives another answer"),
        ("select random() as a from src.f", "random gives another answer"),
        ("select a\nfrom\nwhere", "core/x.sql:6: syntax error"),
    ],
)  # fmt: skip
def test_what_a_file_may_not_do(tmp_path: Path, text: str, said: str) -> None:
    assert said in problem(write(tmp_path / "sql", core__x=HEADER + text), {"src.f"})


@pytest.mark.parametrize(
    "text",
    [
        "with recursive r as (select 1 as a union all select a + 1 from r where a < 5) select a from r",
        "with t as (select a from src.f), u as (select a from t) select a from u join t using (a)",
        "select a from (values (1), (2)) as v(a)",
        "select (with t as (select 1 as a) select max(a) from t) as a from src.f",
    ],
)
def test_forms_that_are_allowed(tmp_path: Path, text: str) -> None:
    assert graph.order(graph.load(write(tmp_path, core__x=HEADER + text)), {"src.f"}) == ["core.x"]


def test_missing_header_and_grain(tmp_path: Path) -> None:
    said = problem(write(tmp_path / "sql", core__x="select 1 as a", core__y="-- A sentence.\nselect 1 as a"))
    assert "core/x.sql:1: the file must begin with a comment" in said
    assert "core/y.sql:1: the header comment has no `grain:`" in said


def test_made_twice_names_both_places(tmp_path: Path) -> None:
    said = problem(
        write(tmp_path / "sql", core__x=HEADER + "select 1 as a", more__core__x=HEADER + "select 1 as a")
    )
    assert "more/core/x.sql:1: makes core.x, which sql/core/x.sql:1 makes too" in said


def test_made_and_given(tmp_path: Path) -> None:
    assert "core/x.sql:1: makes core.x, which is given" in problem(
        write(tmp_path, core__x=HEADER + "select 1 as a"), {"core.x"}
    )


def test_bad_path(tmp_path: Path) -> None:
    assert "01_x.sql:1: the path must be" in problem(write(tmp_path, core__01_x=HEADER + "select 1 as a"))


def test_cycle_names_every_place(tmp_path: Path) -> None:
    said = problem(
        write(
            tmp_path / "sql",
            core__a=HEADER + "select a\nfrom core.b",
            core__b=HEADER + "select a from core.c",
            core__c=HEADER + "select a from core.a",
        )
    )
    assert said.startswith("cycle: ")
    for place in ("core.a (sql/core/a.sql:5)", "core.b (sql/core/b.sql:4)", "core.c (sql/core/c.sql:4)"):
        assert place in said
    chain = [step.split(" ")[0] for step in said.removeprefix("cycle: ").split(" reads ")]
    assert chain[0] == chain[-1] and (chain.index("core.b") - chain.index("core.a")) % 3 == 1


def test_all_problems_at_once(tmp_path: Path) -> None:
    said = problem(
        write(tmp_path, core__x="select a from nowhere", core__y=HEADER + "select a from read_csv('x')")
    )
    assert len(said.splitlines()) == 4


def test_reads_are_in_order_of_appearance_with_lines() -> None:
    tree = sqltree.parse("select a\nfrom b.z\njoin a.y using (a)\njoin b.z as again using (a)")
    assert [(read.relation, read.line) for read in tree.reads] == [("b.z", 2), ("a.y", 3)]
