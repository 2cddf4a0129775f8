"""The graph to look at: every relation once, every reading an edge, in the forms that drawing tools take."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from pipelines import graphview, model_steps
from pipelines.build import SQL_ROOT
from pipelines.graph import GraphError, SqlFile
from pipelines.relations import GIVEN

TEXTS = {
    "core/a": '-- Counts "things". Not all.\n-- grain: n\nselect n from src.f join ref.r using (n)',
    "mart/b": "-- Best of all.\n-- grain: n, m\nselect n, m from core.a",
    "check/c": "-- Wrong ones.\nselect n from mart.b where n < 0",
}


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, SqlFile]:
    monkeypatch.setattr(model_steps, "STEPS", {})
    for name, text in TEXTS.items():
        (tmp_path / f"{name}.sql").parent.mkdir(exist_ok=True)
        (tmp_path / f"{name}.sql").write_text(text, encoding="utf-8")
    return graphview.relations(tmp_path)


def test_values_say_who_reads_and_is_read(files: dict[str, SqlFile]) -> None:
    values = {value["name"]: value for value in graphview.as_values(files)}
    assert list(values) == ["src.f", "ref.r", "core.a", "mart.b", "check.c"]
    assert values["src.f"] == {"name": "src.f", "kind": "input", "read_by": ["core.a"]}
    assert values["core.a"] == {
        "name": "core.a",
        "kind": "sql",
        "place": f"{files['core.a'].place}",
        "doc": 'Counts "things".',
        "caveats": "Not all.",
        "grain": ["n"],
        "reads": ["src.f", "ref.r"],
        "read_by": ["mart.b"],
    }
    assert values["check.c"]["kind"] == "check"


def test_text(files: dict[str, SqlFile]) -> None:
    shown = graphview.as_text(files, "reads", "grain")
    assert "mart.b\n    Best of all.\n    grain: n, m\n    reads: core.a\n" in shown


def test_mermaid(files: dict[str, SqlFile]) -> None:
    lines = graphview.as_mermaid(files).splitlines()
    assert lines[0] == "flowchart LR"
    assert "    src_f --> core_a" in lines and '        core_a["core.a"]' in lines
    assert lines.count("    end") == 5


def test_dot_is_read_by_graphviz_where_there_is_one(files: dict[str, SqlFile]) -> None:
    drawn = graphview.as_dot(files)
    assert '    "core.a" -> "mart.b";' in drawn and r'tooltip = "Counts \"things\"."' in drawn
    assert drawn.count("{") == drawn.count("}") == 6
    if shutil.which("dot"):
        subprocess.run(["dot", "-Tsvg"], input=drawn, text=True, check=True, capture_output=True)


def test_a_model_is_a_relation_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    step = model_steps.ModelStep("Scores.", "models/x.py", ("core.a",), ("n",), lambda frame: frame)
    monkeypatch.setattr(model_steps, "STEPS", {"mart.score": step})
    (value,) = [v for v in graphview.as_values(graphview.relations(tmp_path)) if v["name"] == "mart.score"]
    assert (value["kind"], value["place"], value["reads"]) == ("model", "models/x.py", ["core.a"])


def test_the_graph_of_the_product() -> None:
    files = graphview.relations(SQL_ROOT)
    assert set(graphview.inputs(files)) <= GIVEN
    edges = re.findall(r"^ +(\w+) --> (\w+)$", graphview.as_mermaid(files), re.MULTILINE)
    assert len(edges) == len(set(edges)) == sum(len(file.inputs) for file in files.values())


def test_files_that_are_wrong_are_told(tmp_path: Path) -> None:
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "a.sql").write_text("select 1 as a")
    with pytest.raises(GraphError, match="must begin with a comment"):
        graphview.relations(tmp_path)
