"""The reference pages under docs/ are what the declarations give today, complete, and their links lead on.

When they are out of date, `zhengxin docs` writes them anew.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest
import typer.main

from pipelines import errors, graphview, handbook, registry
from pipelines.build import SQL_ROOT
from pipelines.cli import app, docs_command
from pipelines.contracts import CONTRACTS
from pipelines.handbook.page import MARK

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return docs_command.pages()


def test_the_pages_that_are_committed_are_up_to_date(pages: dict[str, str], tmp_path: Path) -> None:
    stale = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")} - pages.keys()
    wrong = {
        name for name in pages if not (DOCS / name).is_file() or (DOCS / name).read_text() != pages[name]
    }
    wrong |= {name for name in stale if (DOCS / name).read_text(encoding="utf-8").startswith(MARK)}
    assert sorted(wrong) == [], "run `zhengxin docs` in the repository and commit docs/"


def test_both_languages_have_the_same_pages(pages: dict[str, str]) -> None:
    of = {
        lang: {name.removeprefix(f"{lang}/") for name in pages if name.startswith(f"{lang}/")}
        for lang in ("zh", "en")
    }
    assert of["zh"] == of["en"] and len(of["zh"]) >= 6 + len(CONTRACTS)
    assert pages["README.md"].count("README.md") == 2


def test_the_same_bytes_whatever_the_hash_seed() -> None:
    code = (
        "import hashlib; from pipelines.cli.docs_command import pages;"
        "print(hashlib.sha256(repr(sorted(pages().items())).encode()).hexdigest())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert len(runs) == 1 and len(runs.pop()) == hashlib.sha256().digest_size * 2


def links(pages: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """Page, target page and anchor of every link to another place in the pages."""
    for name, text in pages.items():
        for target in re.findall(r"\]\(([^)]+)\)", text):
            path, _, anchor = target.partition("#")
            parts: list[str] = []
            for part in [*PurePosixPath(name).parent.parts, *PurePosixPath(path).parts] if path else [name]:
                parts = parts[:-1] if part == ".." else [*parts, part]
            yield name, "/".join(parts), anchor


def test_every_link_leads_somewhere(pages: dict[str, str]) -> None:
    found = list(links(pages))
    assert len(found) > 500
    for name, target, anchor in found:
        assert target in pages, f"{name} links to {target}"
        assert not anchor or f'<a id="{anchor}"></a>' in pages[target], f"{name} links to {target}#{anchor}"


def test_an_anchor_stands_once(pages: dict[str, str]) -> None:
    for name, text in pages.items():
        anchors = re.findall(r'<a id="([^"]+)"', text)
        assert len(anchors) == len(set(anchors)), name


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_is_undocumented(pages: dict[str, str], lang: str) -> None:
    def lacking(name: str, wanted: set[str]) -> list[str]:
        return sorted(word for word in wanted if word not in pages[f"{lang}/{name}"])

    rules = set()
    for source, contract in CONTRACTS.items():
        assert (
            lacking(f"sources/{source}.md", {f'<a id="{column.name}"></a>' for column in contract.columns})
            == []
        )
        rules |= {f'<a id="{rule.id}"></a>' for rule in contract.rules}
    assert lacking("rules.md", rules) == []
    indicators = registry.indicators()
    assert lacking("indicators.md", {f'<a id="{name}"></a>' for name in indicators["indicator_id"]}) == []
    assert lacking("indicators.md", set(indicators[f"caveat_{lang}"])) == []
    assert lacking("indicators.md", {f"| `{name}` |" for name in registry.measures()["measure"]}) == []
    assert lacking("method.md", {f"| `{name}` |" for name in registry.method()["parameters"]}) == []
    assert lacking("method.md", {f"**{name}**" for name in registry.glossary()[f"name_{lang}"]}) == []
    assert lacking("relations.md", {f"### `{name}`" for name in graphview.relations(SQL_ROOT)}) == []
    for name, command in COMMANDS.items():
        section = pages[f"{lang}/commands.md"].partition(f"## `zhengxin {name}")[2].partition("\n## ")[0]
        assert section
        for parameter in command.params:
            if parameter.param_type_name == "option":
                assert all(re.search(f"[`/]{option}\\b", section) for option in parameter.opts), name


def test_a_section_of_the_method_without_a_form_of_its_own_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    more = {
        "index": {"steps": [85, 70], "strict": True, "out": ["x", "y"]},
        "channels": {"a": {"name": ["甲", "Alpha"], "unit": ["件", "cases"], "level": 0.5}},
    }
    method = {**registry.method(), **more}
    monkeypatch.setattr(registry, "method", lambda: method)
    made = docs_command.pages()
    for lang, rows in {
        "zh": [
            "| `steps` |  | 85、70 |",
            "| `strict` |  | 是 |",
            "| `out` |  | x、y |",
            "| `a` | 甲 | `unit` 件、`level` 0.5 |",
        ],
        "en": [
            "| `steps` |  | 85, 70 |",
            "| `strict` |  | yes |",
            "| `a` | Alpha | `unit` cases, `level` 0.5 |",
        ],
    }.items():
        assert all(f"\n{row}\n" in made[f"{lang}/method.md"] for row in rows)


def test_every_exit_code_is_explained(pages: dict[str, str]) -> None:
    known = {value for name, value in vars(errors).items() if name.startswith("EXIT_")} | {0, 1, 130}
    for lang in ("zh", "en"):
        assert {
            int(code) for code in re.findall(r"^\| (\d+) \|", pages[f"{lang}/commands.md"], re.MULTILINE)
        } == known


def test_no_slot_and_no_tag_is_left_in_the_words(pages: dict[str, str]) -> None:
    for name, text in pages.items():
        prose = re.sub(r"```.*?```|<!--.*?-->|</?a\b[^>]*>", "", text, flags=re.DOTALL)
        assert not re.search(r"\{\w+\}|<\w", prose), name


def test_writing_changes_what_differs_and_removes_what_is_gone(tmp_path: Path) -> None:
    made = {"README.md": f"{MARK}\n\na\n", "zh/x.md": f"{MARK}\n\nb\n"}
    (tmp_path / "guide.md").write_text("by hand\n")
    assert handbook.write(tmp_path, made) == ["README.md", "zh/x.md"]
    assert handbook.write(tmp_path, made) == []
    assert handbook.write(tmp_path, {"README.md": f"{MARK}\n\nc\n"}) == ["README.md", "zh/x.md"]
    assert sorted(path.name for path in tmp_path.rglob("*.md")) == ["README.md", "guide.md"]


@pytest.mark.parametrize("text", [None, "", "只有中文。", "English only.", "中文 English."])
def test_help_in_one_language_only_is_refused(text: str | None) -> None:
    with pytest.raises(ValueError, match="the help of build"):
        docs_command.both(text, "build")


def test_help_is_parted_into_its_languages() -> None:
    assert docs_command.both("一句。两句。One. Two.", "x") == ("一句。两句。", "One. Two.")
