"""The command line: exit codes, one sentence or one JSON object, both languages, a served page's refusals."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.errors import EXIT_DATA_TEST, EXIT_INPUT, EXIT_USAGE, EXIT_WORKSPACE

ROOT = Path(__file__).parents[2]
GOOD = """record_id,region,source,event_date,entered_date,recorded_at
F1,530102,司法判决,2024-01-05,2024-02-01,2024-02-01
F2,530103,违约失信,2024-03-05,2024-03-07,2024-03-07
"""
BAD = """record_id,region,source,event_date,recorded_at
F1,不存在的地方,司法判决,2024-01-05,2024-02-01
F2,530103,违约失信,2024-13-05,2024-03-07
"""


@pytest.fixture(autouse=True)
def plain_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ZHENGXIN_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("ZHENGXIN_LANG", raising=False)


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
    assert content["command"] == arguments[0] and len(content["run"]) == 8
    return code, content


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.csv"
    path.write_text(GOOD, encoding="utf-8")
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.csv"
    path.write_text(BAD, encoding="utf-8")
    return path


def test_help_documents_every_exit_code() -> None:
    code, out, _ = run("--help")
    assert code == 0
    for number in (0, 1, EXIT_USAGE, EXIT_INPUT, EXIT_WORKSPACE, EXIT_DATA_TEST, 130):
        assert f" {number} " in out.replace("·", " · ")
    for command in ("ingest", "build", "check", "sample", "serve"):
        assert command in out
        assert run(command, "--help")[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("build", "--as-of", "yesterday"),
        ("build", "--threads", "0"),
        ("ingest",),
        ("check", "."),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...]) -> None:
    assert run(*arguments)[0] == EXIT_USAGE


def test_from_files_to_a_snapshot(good: Path, tmp_path: Path) -> None:
    code, first = run_json("ingest", good, "--received", "2024-06-30")
    assert code == 0
    (file,) = first["files"]
    assert (file["source"], file["rows_read"], file["rows_accepted"], file["rows_rejected"]) == (
        "failures",
        2,
        2,
        0,
    )
    assert file["already_present"] is False
    assert run_json("ingest", good, "--received", "2024-06-30")[1]["files"][0]["already_present"] is True
    code, built = run_json("build", "--threads", "1")
    assert code == 0 and built["served"] is True and built["as_of"] == "2024-03-07"
    assert Path(built["path"]).is_dir() and built["tables"]["mart.indicator_value"] > 0
    assert (tmp_path / "home" / "CURRENT").read_text().strip() == built["snapshot"]
    log = (tmp_path / "home" / "logs" / "zhengxin.log").read_text(encoding="utf-8")
    assert f"{built['run']} INFO zhengxin.build snapshot {built['snapshot']}" in log
    assert (
        f"{first['run']} INFO zhengxin.ingest {good}: failures batch {file['batch']}, 2 read, 2 accepted"
        in log
    )


def test_words_for_people_in_both_languages(good: Path) -> None:
    assert "已导入过" not in run("ingest", good)[1]
    assert "已导入过" in run("ingest", good)[1]
    assert "already there" in run("ingest", good, "--lang", "en")[1]
    assert "快照" in run("build")[1]
    assert "Snapshot" in run("build", "--lang", "en")[1]


def test_the_day_of_receipt_comes_from_the_folder_unless_said(good: Path, tmp_path: Path) -> None:
    (tmp_path / "ingest.toml").write_text('[received]\n"*" = 2024-02-15\n')
    # Recorded after it was received: the second row cannot be right.
    assert run_json("ingest", good)[1]["files"][0]["rows_rejected"] == 1
    assert run_json("check", good, "--received", "2024-06-30")[0] == 0


def test_check_lists_every_problem(good: Path, bad: Path) -> None:
    assert run_json("check", good)[0] == 0
    code, report = run_json("check", bad)
    assert code == EXIT_INPUT
    assert [(problem["row"], problem["column"]) for problem in report["problems"]] == [
        (2, "region"),
        (3, "event_date"),
    ]
    for language, word in (("zh", "不存在的地方"), ("en", "2024-13-05")):
        code, out, _ = run("check", bad, "--lang", language)
        assert code == EXIT_INPUT and word in out


def test_a_refused_file_does_not_keep_the_others_out(good: Path, tmp_path: Path) -> None:
    (tmp_path / "foreign.csv").write_text("颜色,味道\n红,甜\n", encoding="utf-8")
    code, content = run_json("ingest", tmp_path / "foreign.csv", good)
    assert code == EXIT_INPUT
    assert [Path(entry["file"]).name for entry in content["refused"]] == ["foreign.csv"]
    assert [entry["rows_accepted"] for entry in content["files"]] == [2]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("ingest", "missing.csv"), EXIT_INPUT),
        (("check", "missing.csv"), EXIT_INPUT),
        (("build",), EXIT_WORKSPACE),
        (("serve",), EXIT_WORKSPACE),
    ],
)
def test_user_errors_are_one_sentence(arguments: tuple[str, ...], code: int) -> None:
    left, out, err = run(*arguments)
    assert (left, out, len(err.splitlines())) == (code, "", 1)
    assert err.endswith("。\n")
    if arguments != ("serve",):
        assert set(run_json(*arguments)[1]["error"]) == {"zh", "en"}
    assert run(*arguments, "--lang", "en")[2].endswith(".\n")


def test_a_taken_port_is_one_sentence(good: Path) -> None:
    run("ingest", good)
    run("build")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, _, err = run("serve", "--port", taken.getsockname()[1])
    assert code == EXIT_WORKSPACE and len(err.splitlines()) == 1 and "--port" in err


def test_a_base_path_that_no_address_holds_is_refused(good: Path) -> None:
    run("ingest", good)
    run("build")
    code, _, err = run("serve", "--base-path", "/政信")
    assert code == EXIT_USAGE and len(err.splitlines()) == 1 and "/政信" in err


def test_the_page_ends_with_the_command(good: Path, tmp_path: Path) -> None:
    run("ingest", good)
    run("build")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "pipelines.cli",
        "serve",
        "--home",
        str(tmp_path / "home"),
        "--port",
        str(port),
    ]
    serving = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    try:
        assert answers(port, serving, seconds=60)
    finally:
        serving.terminate()
        code = serving.wait(timeout=30)
    assert code == 0
    with socket.socket() as gone:
        assert gone.connect_ex(("127.0.0.1", port)) != 0


def answers(port: int, serving: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether the page says it is ready within the time, while the command is running."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and serving.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            time.sleep(0.2)
    return False


def test_sample_writes_into_an_empty_folder_only(tmp_path: Path) -> None:
    code, content = run_json("sample", tmp_path / "sample", "--scale", "0.02")
    assert code == 0 and "SYNTHETIC" in content["files"]
    assert run("sample", tmp_path / "sample")[0] == EXIT_INPUT


def test_as_a_process_of_its_own(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", "build", "--home", str(tmp_path), "--json"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode == EXIT_WORKSPACE
    assert json.loads(result.stdout)["ok"] is False
    assert "Traceback" not in result.stderr and len(result.stderr.splitlines()) == 1
