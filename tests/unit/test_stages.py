"""The stages of a build: what falls where, and that each rule that keeps counts right is enforced."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines import graph, model_steps, relations, stages
from pipelines.build import SQL_ROOT


def split(root: Path, **texts: str) -> stages.Stages:
    """The stages of SQL files given as schema__table=text."""
    for name, text in texts.items():
        schema, table = name.split("__")
        (root / schema).mkdir(exist_ok=True)
        (root / schema / f"{table}.sql").write_text(text, encoding="utf-8")
    files = graph.load(root)
    return stages.split(files, graph.order(files, relations.GIVEN))


CELL = "-- Counts.\n-- grain: row_month, region_id\nselect row_month, region_id from src.petitions"
MONTH = "-- By month.\n-- grain: region_id, period\nselect region_id, row_month as period from cell.count"
WINDOW = """-- By window.
-- grain: region_id, period
select m.region_id, m.period from core.month as m inner join run.period as p on m.period = p.period"""


def test_the_stage_follows_from_what_is_read(tmp_path: Path) -> None:
    whole = "-- Over all years.\n-- grain: region_id\nselect distinct region_id from mart.window"
    found = split(tmp_path, cell__count=CELL, core__month=MONTH, mart__window=WINDOW, mart__whole=whole)
    assert found == stages.Stages(
        ("cell.count",), ("core.month",), ("mart.window",), ("mart.whole",), {"cell.count": "petitions"}
    )


def test_the_stages_of_the_project() -> None:
    files = {**graph.load(SQL_ROOT), **model_steps.as_files()}
    found = stages.split(files, graph.order(files, relations.GIVEN))
    assert found.cell_sources == {"cell.petition": "petitions", "cell.petition_mix": "petitions"}
    assert {"core.window", "core.window_measure", "mart.indicator_value", "mart.ranking"} <= {*found.windows}
    assert {"core.coverage", "core.measure", "mart.undated"} <= {*found.months}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "core__rows",
            "-- R.\n-- grain: id\nselect id from src.petitions",
            "rows.sql:3: reads src.petitions",
        ),
        ("cell__two", CELL.replace("row_month, region_id\ns", "region_id\ns"), "begins with row_month"),
        (
            "cell__wide",
            "-- W.\n-- grain: row_month\nselect f.row_month from src.failures as f, src.exposure as e",
            "a cell reads one src relation",
        ),
        (
            "cell__core",
            "-- C.\n-- grain: row_month\nselect row_month from core.month",
            "a cell reads one src",
        ),
        (
            "core__late",
            "-- L.\n-- grain: a\nselect windowed as a from run.period",
            "grain must have `period`",
        ),
        (
            "mart__sum",
            "-- S.\n-- grain: region_id\nselect distinct region_id from core.window",
            "reads core.window, which holds only the years that changed",
        ),
    ],
)
def test_a_broken_rule_is_named(tmp_path: Path, name: str, text: str, message: str) -> None:
    rest = {"cell__count": CELL, "core__month": MONTH, "core__window": WINDOW}
    with pytest.raises(graph.GraphError) as caught:
        split(tmp_path, **{**rest, name: text})
    assert message in str(caught.value)
