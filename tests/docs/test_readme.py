"""What README.md promises is so: its commands, options and exit codes exist, its table is the registry's.

When the indicator table is out of date, `python tests/docs/test_readme.py` writes it anew.
"""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
import typer.main

from pipelines import errors, registry
from pipelines.cli import app
from pipelines.contracts import CONTRACTS

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
ENGLISH = "# Yunnan Integrity Monitor"
PROGRAMS = {"python3", "zhengxin", "source", "export"}


def halves() -> dict[str, str]:
    """The Chinese and the English part of the README."""
    chinese, _, english = README.read_text(encoding="utf-8").partition(f"\n{ENGLISH}\n")
    return {"zh": chinese, "en": english}


def command_lines() -> Iterator[list[str]]:
    """Every line of every command block, split as a shell would."""
    for block in re.findall(r"```bash\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL):
        for line in filter(None, map(str.strip, block.splitlines())):
            yield shlex.split(line, comments=True)


def table_markers(language: str) -> tuple[str, str]:
    return f"<!-- indicators:{language}:start -->\n", f"<!-- indicators:{language}:end -->"


def with_table(text: str, language: Literal["zh", "en"]) -> str:
    """The text with the indicator table of one language as the registry renders it."""
    start, end = table_markers(language)
    before, _, rest = text.partition(start)
    assert rest and end in rest
    return f"{before}{start}\n{registry.markdown_table(language)}\n\n{end}{rest.partition(end)[2]}"


def test_every_command_line_is_one_the_product_knows() -> None:
    lines = list(command_lines())
    assert len(lines) >= 10
    for words in lines:
        assert words[0] in PROGRAMS, words
        if words[0] == "python3":
            assert words[1:] in (["run.py"], ["run.py", "test"])
        if words[0] == "zhengxin":
            options = {name for parameter in COMMANDS[words[1]].params for name in parameter.opts}
            assert {word for word in words if word.startswith("--")} <= options, words


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_command_of_the_product_is_described(language: str) -> None:
    described = set(re.findall(r"^\| `zhengxin (\w+)", halves()[language], re.MULTILINE))
    assert described == set(COMMANDS)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_option_the_readme_names_exists(language: str) -> None:
    for name, text in re.findall(r"^\| `zhengxin (\w+)[^|]*\|(.*)\|$", halves()[language], re.MULTILINE):
        options = {option for parameter in COMMANDS[name].params for option in parameter.opts}
        assert set(re.findall(r"`(--[\w-]+)`", text)) <= options


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_help_of_every_command(command: str) -> None:
    words = [sys.executable, "-m", "pipelines.cli", command, "--help"]
    shown = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True)
    assert "--help" in shown.stdout


@pytest.mark.parametrize(("language", "word"), [("zh", "退出码："), ("en", "Exit codes: ")])
def test_every_exit_code_is_described(language: str, word: str) -> None:
    known = {value for name, value in vars(errors).items() if name.startswith("EXIT_")}
    sentence = halves()[language].partition(word)[2].partition("。" if language == "zh" else ". ")[0]
    described = {int(code) for code in re.findall(r"(?:^|[；;]\s*)(\d+) ", sentence)}
    assert known | {0, 1, 130} == described


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_indicator_table_is_the_registrys(language: Literal["zh", "en"]) -> None:
    text = README.read_text(encoding="utf-8")
    assert with_table(text, language) == text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_sources_and_their_required_columns_are_the_contracts(language: str) -> None:
    row = re.compile(r"^\| `(\w+)`[^|]*\|[^|]*\| ([^|]+) \|$", re.MULTILINE)
    told = {source: re.split("、|, ", columns) for source, columns in row.findall(halves()[language])}
    for source, contract in CONTRACTS.items():
        required = [column for column in contract.columns if column.required]
        assert told[source] == [column.zh if language == "zh" else column.name for column in required]


def test_the_mapping_file_shown_names_columns_of_its_source() -> None:
    (text,) = re.findall(r"```toml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    mapping = tomllib.loads(text)
    targets = set(CONTRACTS[mapping["source"]].headers().values())
    assert {*mapping["columns"].values(), *mapping["constants"]} <= targets


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_files_and_folders_named_exist(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    names = set(re.findall(r"\]\((?!#|http)([^)]+)\)", text))
    names |= set(re.findall(r"`((?:pipelines|models|dashboard|tests|sample_data)/[\w./-]*)`", text))
    assert names
    assert [name for name in sorted(names) if not (ROOT / name).exists()] == []


def test_run_py_says_the_two_commands() -> None:
    docstring = ast.get_docstring(ast.parse((ROOT / "run.py").read_text(encoding="utf-8"))) or ""
    assert "python3 run.py" in docstring and "python3 run.py test" in docstring


if __name__ == "__main__":
    README.write_text(
        with_table(with_table(README.read_text(encoding="utf-8"), "zh"), "en"), encoding="utf-8"
    )
