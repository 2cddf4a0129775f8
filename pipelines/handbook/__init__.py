"""The reference pages under `docs/`, written from the declarations: contracts, registry, method, SQL.

`pages` gives every page as text, `write` puts them into a folder; nothing else is read and the clock is not,
so the same declarations give the same bytes, and a test compares them with the pages that are committed. One
module a page; `page` holds what they share. The commands come from outside, because only `pipelines/cli`
knows them, and so do the words for codes, which are those of the dashboard.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pipelines.graph import SqlFile
from pipelines.handbook import commands, index, indicators, method, relations, rules, sources
from pipelines.handbook.commands import Command, Option
from pipelines.handbook.page import MARK, Words, Writer

__all__ = ["Command", "Option", "Words", "pages", "write"]


def pages(
    words: Mapping[str, Words], described: Sequence[Command], files: Mapping[str, SqlFile]
) -> dict[str, str]:
    """Every page by its path: `words` by language, the commands, the relations of a build."""
    found = {"README.md": index.entrance()}
    for lang, said in words.items():
        page = Writer(lang, said)
        written = {
            "README.md": index.contents(page),
            "rules.md": rules.page(page),
            "indicators.md": indicators.page(page),
            "method.md": method.page(page),
            "relations.md": relations.page(page, files),
            "commands.md": commands.page(page, described),
            **sources.pages(page),
        }
        found |= {f"{lang}/{name}": text for name, text in written.items()}
    return {name: f"{MARK}\n\n{text.strip()}\n" for name, text in found.items()}


def write(folder: Path, made: Mapping[str, str]) -> list[str]:
    """Write the pages; remove those written earlier that are no more. The names of all that changed."""
    changed = [name for name in sorted(made) if _differs(folder / name, made[name])]
    for name in changed:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(made[name], encoding="utf-8", newline="\n")
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.md")}
    # A page written by hand lacks the mark and stays.
    stale = [
        name
        for name, path in sorted(there.items())
        if name not in made and path.read_text(encoding="utf-8").startswith(MARK)
    ]
    for name in stale:
        there[name].unlink()
    return [*changed, *stale]


def _differs(path: Path, text: str) -> bool:
    return not path.is_file() or path.read_bytes() != text.encode()
