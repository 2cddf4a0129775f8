"""Commands that look after a workspace and describe the product, run as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.errors import EXIT_INPUT, EXIT_USAGE, EXIT_WORKSPACE

GOOD = """record_id,region,source,event_date,entered_date,recorded_at
F1,530102,司法判决,2024-01-05,2024-02-01,2024-02-01
F2,530103,违约失信,2024-03-05,2024-03-07,2024-03-07
"""


@pytest.fixture(autouse=True)
def plain_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ZHENGXIN_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("ZHENGXIN_LANG", raising=False)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A workspace with two records and one snapshot."""
    path = tmp_path / "good.csv"
    path.write_text(GOOD, encoding="utf-8")
    assert run("ingest", path, "--received", "2024-06-30")[0] == 0
    assert run("build", "--threads", "1")[0] == 0
    return tmp_path / "home"


def run(*arguments: object) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of one command; bugs surface as exceptions."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def run_json(*arguments: object) -> tuple[int, dict[str, Any]]:
    """Exit code and the one object on standard output."""
    code, out, _ = run(*arguments, "--json")
    assert len(out.splitlines()) == 1
    content = json.loads(out)
    assert content["exit_code"] == code and content["ok"] is (code == 0)
    return code, content


def test_snapshots_are_listed_and_the_old_ones_removed(home: Path) -> None:
    assert run("build", "--as-of", "2024-02-29")[0] == 0
    code, listed = run_json("snapshots")
    assert code == 0 and listed["removed"] == []
    assert {entry["as_of"] for entry in listed["snapshots"]} == {"2024-03-07", "2024-02-29"}
    served = (home / "CURRENT").read_text().strip()
    assert [entry["id"] for entry in listed["snapshots"] if entry["served"]] == [served]
    for language, word in (("zh", "当前"), ("en", "served")):
        assert word in run("snapshots", "--lang", language)[1]
    newest = listed["snapshots"][0]["id"]
    code, kept = run_json("snapshots", "--keep", 1)
    assert code == 0 and {entry["id"] for entry in kept["snapshots"]} == {newest, served}
    gone = {entry["id"] for entry in kept["removed"]}
    assert gone == {entry["id"] for entry in listed["snapshots"]} - {newest, served}
    assert {path.name for path in (home / "snapshots").iterdir()} == {newest, served}
    assert run("snapshots", "--keep", 0)[0] == EXIT_USAGE


def test_no_snapshots_is_no_error() -> None:
    assert run("snapshots")[:2] == (0, "还没有快照。\n")
    assert run_json("snapshots")[1]["snapshots"] == []


def test_verify_names_all_damage_and_leaves_with_4(home: Path) -> None:
    code, content = run_json("verify")
    assert (code, content["batches"], content["problems"]) == (0, 1, [])
    (snapshot_id,) = content["snapshots"]
    (home / "snapshots" / snapshot_id / "method.toml").write_text("")
    (facts,) = (home / "store").rglob("batch.json")
    facts.unlink()
    code, content = run_json("verify")
    assert code == EXIT_WORKSPACE and len(content["problems"]) == 2
    code, content = run_json("verify", snapshot_id[:8])
    assert code == EXIT_WORKSPACE and len(content["problems"]) == 1 and content["batches"] == 0
    for language, word in (("zh", "发现 2 处损坏"), ("en", "2 problems found")):
        code, out, _ = run("verify", "--lang", language)
        assert code == EXIT_WORKSPACE and word in out and len(out.splitlines()) == 3


def test_verify_of_a_snapshot_that_is_not_there(home: Path) -> None:
    code, _, err = run("verify", "abcdef12")
    assert code == EXIT_WORKSPACE and len(err.splitlines()) == 1


def test_doctor_has_a_line_for_each_thing(home: Path) -> None:
    code, content = run_json("doctor")
    assert code == 0 and {finding["state"] for finding in content["findings"]} <= {"ok", "warn"}
    for language, word in (("zh", "[正常]"), ("en", "[ok]")):
        code, out, _ = run("doctor", "--lang", language)
        assert code == 0 and word in out and len(out.splitlines()) == len(content["findings"])


def test_doctor_tells_of_a_broken_workspace_instead_of_breaking(home: Path) -> None:
    (home / "inbox" / "new.csv").write_text("a\n")
    (home / "store" / "FORMAT").write_text("99\n")
    code, content = run_json("doctor")
    state = {finding["name"]: finding["state"] for finding in content["findings"]}
    assert code == EXIT_WORKSPACE and state["format"] == "fail" and state["inbox"] == "warn"
    (home / "zhengxin.toml").write_text("threads =")
    assert run("doctor")[0] == EXIT_WORKSPACE


def test_doctor_makes_no_workspace(tmp_path: Path) -> None:
    assert run("doctor")[0] == 0
    assert not (tmp_path / "home").exists()


def test_backup_says_what_it_copied_and_checks_it(home: Path, tmp_path: Path) -> None:
    code, content = run_json("backup", tmp_path / "copy.tar", "--verify")
    assert (code, content["batches"], content["verified"], content["problems"]) == (0, 1, True, [])
    assert content["bytes"] == (tmp_path / "copy.tar").stat().st_size
    code, _, err = run("backup", tmp_path / "copy.tar")
    assert code == EXIT_WORKSPACE and len(err.splitlines()) == 1
    for language, word in (("zh", "核对无误"), ("en", "checked")):
        assert word in run("backup", tmp_path / language, "--all", "--verify", "--lang", language)[1]
        assert (tmp_path / language / "CURRENT").read_text() == (home / "CURRENT").read_text()


@pytest.mark.parametrize(
    ("shape", "word"), [("text", "core.coverage\n"), ("mermaid", "flowchart LR"), ("dot", "digraph")]
)
def test_graph_in_every_form(shape: str, word: str) -> None:
    code, out, _ = run("graph", "--format", shape)
    assert code == 0 and word in out
    assert ("读取: " in out) is (shape == "text")
    assert ("reads: " in run("graph", "--format", shape, "--lang", "en")[1]) is (shape == "text")


def test_graph_as_json_by_either_option() -> None:
    code, content = run_json("graph")
    assert code == 0 and {value["kind"] for value in content["relations"]} >= {"input", "sql", "check"}
    assert json.loads(run("graph", "--format", "json")[1])["relations"] == content["relations"]


def test_graph_lint_names_what_is_not_portable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_json("graph", "--lint")[1]["problems"] == []
    assert "可移植" in run("graph", "--lint")[1]
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "a.sql").write_text("-- A.\n-- grain: a\nselect hash(a) as a from src.f")
    monkeypatch.setattr("pipelines.build.SQL_ROOT", tmp_path)
    code, out, _ = run("graph", "--lint")
    assert code == EXIT_INPUT and "core/a.sql:3: hash: " in out
    (tmp_path / "core" / "a.sql").write_text("select 1 as a")
    code, content = run_json("graph")
    assert code == EXIT_INPUT and len(content["problems"]) == 2


def test_docs_are_written_once(tmp_path: Path) -> None:
    code, first = run_json("docs", "--output", tmp_path / "docs")
    assert code == 0 and first["changed"] == first["pages"] and "zh/commands.md" in first["pages"]
    assert run_json("docs", "--output", tmp_path / "docs")[1]["changed"] == []
    assert "更新了 0 页" in run("docs", "--output", tmp_path / "docs")[1]
    assert "0 of them changed" in run("docs", "--output", tmp_path / "docs", "--lang", "en")[1]
