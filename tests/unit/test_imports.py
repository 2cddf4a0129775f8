"""The rooms keep to themselves: who may import whom, read from the syntax tree of every file.

`ROOMS` is the whole rule; CONTRIBUTING.md explains it. The check is itself tested on planted violations.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Room -> what of ours its files may import; the first room that holds a file decides.
ROOMS: dict[str, tuple[str, ...]] = {
    "pipelines/cli/": ("pipelines", "models", "dashboard"),
    "pipelines/": ("pipelines", "models"),
    "models/index/": ("models.index",),
    "models/warning/": ("models.warning",),
    "models/": ("models",),
    "dashboard/": ("dashboard", "models", "pipelines.api"),
    "run.py": (),
}
# The command line is the top of `pipelines`: nothing below reaches up to it.
ONLY_FOR_ITSELF = "pipelines.cli"
OURS = ("pipelines", "models", "dashboard", "tests", "run")
# What a pure function has no use for: files, clocks, networks, engines, screens.
IMPURE = {"os", "io", "pathlib", "time", "socket", "urllib", "requests", "sqlite3", "duckdb", "streamlit"}
# What makes `zhengxin --help` slow; the command line imports these inside its commands.
HEAVY = (
    "duckdb",
    "polars",
    "streamlit",
    "numpy",
    "pipelines.build",
    "pipelines.ingest",
    "dashboard",
    "models",
)


def imported(source: str, path: str) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """Every import of a file as (line, module, the names taken from it), relative ones resolved."""
    package = path.removesuffix(".py").split("/")[:-1]
    for node in ast.walk(ast.parse(source, path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, ()
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *filter(None, [node.module])])
            yield node.lineno, module, tuple(alias.name for alias in node.names)


def within(name: str, allowed: str) -> bool:
    return name == allowed or name.startswith(f"{allowed}.")


def violations(path: str, source: str) -> list[str]:
    """What a file at `path` (from the root, with slashes) imports against the rule of its room."""
    room = next((room for room in ROOMS if path.startswith(room)), None)
    if room is None:
        return []
    found = []
    for line, module, names in imported(source, path):
        top = module.partition(".")[0]
        if top not in OURS:
            if room.startswith("models/") and top in IMPURE:
                found.append(f"{path}:{line}: models are pure, {module} is not for them")
            if room == "run.py" and top not in sys.stdlib_module_names:
                found.append(f"{path}:{line}: run.py has the standard library only, not {module}")
            continue
        # `from pipelines import api` names the module in its second half.
        targets = [module] if any(within(module, allowed) for allowed in ROOMS[room]) else []
        targets = targets or [f"{module}.{name}" for name in names] or [module]
        for target in targets:
            barred = within(target, ONLY_FOR_ITSELF) or (module == "pipelines" and "cli" in names)
            if room != "pipelines/cli/" and barred:
                found.append(f"{path}:{line}: only pipelines/cli imports {ONLY_FOR_ITSELF}")
            elif not any(within(target, allowed) for allowed in ROOMS[room]):
                found.append(f"{path}:{line}: {room} may not import {target}")
    return found


def shadowing(names: list[str], taken: set[str]) -> list[str]:
    """Which of the names in `dashboard/` would hide a module that somebody else imports."""
    return sorted(name for name in names if name.removesuffix(".py") in taken)


def python_files() -> list[Path]:
    rooms = ("pipelines", "models", "dashboard")
    return [ROOT / "run.py", *(path for room in rooms for path in sorted((ROOT / room).rglob("*.py")))]


@pytest.mark.parametrize("file", [path.relative_to(ROOT).as_posix() for path in python_files()])
def test_a_file_imports_only_what_its_room_may(file: str) -> None:
    assert violations(file, (ROOT / file).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("path", "source", "count"),
    [
        ("pipelines/build.py", "from models.index import score\nfrom pipelines import graph", 0),
        ("pipelines/build.py", "import dashboard.app", 1),
        ("pipelines/build.py", "def f():\n    from dashboard import app", 1),
        ("pipelines/build.py", "from pipelines import cli", 1),
        ("pipelines/build.py", "from pipelines.cli.session import now", 1),
        ("pipelines/store/reader.py", "from ..cli import session", 1),
        ("pipelines/cli/serve.py", "from pipelines.cli import session\nimport dashboard.app", 0),
        ("models/index/ranks.py", "from models.index.shrink import prior\nimport numpy", 0),
        ("models/index/ranks.py", "from models.warning import tail", 1),
        ("models/index/ranks.py", "from ..warning import tail", 1),
        ("models/warning/fit.py", "from pipelines import registry", 1),
        ("models/warning/fit.py", "from pathlib import Path", 1),
        ("dashboard/cards.py", "from pipelines.api import open_snapshot\nfrom pipelines import api", 0),
        ("dashboard/cards.py", "from pipelines import api, build", 1),
        ("dashboard/cards.py", "import pipelines", 1),
        ("dashboard/cards.py", "import pipelines.registry as registry", 1),
        ("dashboard/cards.py", "from tests.conftest import ROOT", 1),
        ("run.py", "import json\nimport rich", 1),
        ("run.py", "import pipelines.workspace", 1),
    ],
)
def test_the_check_sees_a_planted_violation(path: str, source: str, count: int) -> None:
    assert len(violations(path, source)) == count


def test_nothing_in_dashboard_hides_a_module() -> None:
    """Streamlit puts that folder first on `sys.path`."""
    taken = {*OURS, *sys.stdlib_module_names, *packages_distributions()} - {"dashboard"}
    names = [
        path.name
        for path in (ROOT / "dashboard").iterdir()
        if (path.suffix == ".py" or path.is_dir()) and not path.name.startswith(("__", "."))
    ]
    assert names
    assert shadowing(names, taken) == []
    assert shadowing(["copy.py", "polars", "models.py", "cards.py"], taken) == [
        "copy.py",
        "models.py",
        "polars",
    ]


@pytest.mark.parametrize(
    "room", ["pipelines", "pipelines/cli", "models", "models/index", "models/warning", "dashboard"]
)
def test_a_room_says_what_it_is(room: str) -> None:
    source = (ROOT / room / "__init__.py").read_text(encoding="utf-8")
    docstring = ast.get_docstring(ast.parse(source)) or ""
    assert len(docstring.splitlines()) >= 3


def test_the_command_line_imports_lazily() -> None:
    code = f"import sys, pipelines.cli; print([name for name in {HEAVY!r} if name in sys.modules])"
    printed = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert printed.stdout.strip() == "[]"
