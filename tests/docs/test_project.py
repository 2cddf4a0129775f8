"""The project file, the lock and the code agree: nothing used is undeclared, nothing declared is unlocked."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
OURS = {"pipelines", "models", "dashboard"}


def declared(texts: list[str]) -> dict[str, Requirement]:
    return {canonicalize_name(requirement.name): requirement for requirement in map(Requirement, texts)}


RUNTIME = declared(PROJECT["project"]["dependencies"])
ALL = RUNTIME | declared([text for group in PROJECT["dependency-groups"].values() for text in group])


def undeclared(source: str, known: set[str]) -> set[str]:
    """Names of the distributions a file imports that are not among the known ones."""
    tops = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            tops |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            tops.add(node.module.partition(".")[0])
    providers = packages_distributions()
    outside = tops - OURS - set(sys.stdlib_module_names)
    return {
        top for top in outside if not known & {canonicalize_name(name) for name in providers.get(top, ())}
    }


@pytest.mark.parametrize("room", sorted(OURS))
def test_what_the_product_imports_is_declared(room: str) -> None:
    for path in sorted((ROOT / room).rglob("*.py")):
        assert undeclared(path.read_text(encoding="utf-8"), set(RUNTIME)) == set(), path.relative_to(ROOT)


def test_an_undeclared_import_is_seen() -> None:
    assert undeclared("import polars\nfrom pytest import mark\nfrom os import path", set(RUNTIME)) == {
        "pytest"
    }


def test_the_lock_holds_every_dependency_in_a_version_that_fits() -> None:
    locked = [Requirement(line.rstrip(" \\")) for line in LOCK.splitlines() if not line.startswith(" ")]
    for name, requirement in ALL.items():
        found = [lock for lock in locked if canonicalize_name(lock.name) == name]
        assert found, f"{name} is not in requirements.lock"
        for lock in found:
            (pin,) = lock.specifier
            assert pin.operator == "==" and requirement.specifier.contains(pin.version), str(lock)


def test_the_lock_holds_hashes_and_no_addresses() -> None:
    entries = re.split(r"\n(?=\S)", LOCK.strip())
    assert len(entries) > len(ALL)
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in LOCK and "index" not in LOCK


def test_the_package_stays_private() -> None:
    assert "Private :: Do Not Upload" in PROJECT["project"]["classifiers"]
