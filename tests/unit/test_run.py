"""run.py and what tests/conftest.py adds to a test run: choices made before anything is installed."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import shutil
import ssl
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """run.py as a module of its own, with an empty workspace."""
    monkeypatch.setenv("ZHENGXIN_HOME", str(tmp_path / "data"))
    spec = importlib.util.spec_from_file_location("run_under_test", ROOT / "run.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def commands(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The product's commands that run.py gives, instead of running them."""
    given: list[str] = []
    monkeypatch.setattr(run, "zhengxin", lambda *words: given.append(str(words[0])))
    return given


def add_batch(home: Path, name: str, synthetic: bool) -> None:
    folder = home / "store" / "failures" / f"batch={name}"
    folder.mkdir(parents=True)
    (folder / "batch.json").write_text(json.dumps({"synthetic": synthetic}))


def test_an_old_python_can_read_it_and_gets_a_sentence(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    ast.parse((ROOT / "run.py").read_text(encoding="utf-8"), feature_version=(3, 6))
    monkeypatch.setattr(run.sys, "version_info", (3, 9, 1))
    with pytest.raises(run.Stop) as stopped:
        run.main()
    zh, en = stopped.value.args
    assert "3.11" in zh and "3.9" in zh and "3.11" in en and "3.9" in en


def test_an_empty_workspace_gets_the_sample(run: ModuleType, commands: list[str]) -> None:
    run.prepare()
    assert commands == ["ingest", "build"]


def test_an_interrupted_first_run_goes_on(run: ModuleType, commands: list[str]) -> None:
    add_batch(run.HOME, "a", synthetic=True)
    run.prepare()
    assert commands == ["ingest", "build"]


def test_the_sample_never_joins_records_of_somebodys_own(run: ModuleType, commands: list[str]) -> None:
    add_batch(run.HOME, "a", synthetic=True)
    add_batch(run.HOME, "b", synthetic=False)
    run.prepare()
    assert commands == ["build"]


def test_a_workspace_with_a_snapshot_is_left_alone(run: ModuleType, commands: list[str]) -> None:
    run.HOME.mkdir(parents=True)
    (run.HOME / "CURRENT").write_text("id")
    run.prepare()
    assert commands == []


def test_the_installer_is_taken_from_the_lock_with_its_hashes(run: ModuleType) -> None:
    first, *hashes = run.locked("uv").splitlines()
    assert first.startswith("uv==")
    assert hashes and all(line.strip().startswith("--hash=sha256:") for line in hashes)


def test_pip_settings_and_the_systems_certificates_reach_the_installers(
    run: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = b"global.index-url='https://pip.example/simple'\n:env:.no-input='1'\n"
    monkeypatch.setattr(run.subprocess, "run", lambda *_, **__: SimpleNamespace(stdout=printed))
    assert run.pip_settings() == {"index-url": "https://pip.example/simple", "no-input": "1"}

    bundle = tmp_path / "bundle.pem"
    bundle.write_text("")
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: SimpleNamespace(cafile=str(bundle)))
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    env = run.installer_environment({})
    assert env["PIP_CERT"] == env["SSL_CERT_FILE"] == str(bundle)
    assert "PIP_CERT" not in run.installer_environment({"cert": "own.pem"})


@pytest.mark.parametrize(
    ("test", "forbidden", "code", "line"),
    [
        ("@pytest.mark.shared\ndef test_a(shared_dir): pass", "1", 0, "1 tests marked shared were skipped"),
        ("@pytest.mark.skip\ndef test_a(): pass", "1", 1, "1 other tests were skipped"),
        ("@pytest.mark.skip\ndef test_a(): pass", "", 0, "1 skipped"),
    ],
    ids=["shared", "other", "other-allowed"],
)
def test_skips_are_counted_and_forbidden_on_the_build_server(
    tmp_path: Path, test: str, forbidden: str, code: int, line: str
) -> None:
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    shared\n    e2e\n")
    (tmp_path / "test_it.py").write_text(f"import pytest\n\n{test}\n\ndef test_b(): pass\n")
    env = {**os.environ, "ZHENGXIN_SHARED": str(tmp_path / "absent"), "ZHENGXIN_NO_SKIP": forbidden}
    ran = subprocess.run(
        [sys.executable, "-m", "pytest"], cwd=tmp_path, env=env, capture_output=True, encoding="utf-8"
    )
    assert (ran.returncode, line in ran.stdout) == (code, True), ran.stdout
