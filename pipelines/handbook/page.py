"""What every page shares: its language, tables, lists, and words that cannot break the Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Protocol

MARK = "<!-- 由 zhengxin docs 生成,请勿手改。Written by zhengxin docs; do not edit. -->"
_TAG = re.compile(r"<(?!/?a\b)")
_SLOT = re.compile(r"\{(\w+)\}")


class Words(Protocol):
    """The words of one language for the codes of the product."""

    def code(self, group: str, code: str) -> str:
        """The word for a code, the code itself when there is none."""
        ...


class Writer:
    """Writes Markdown in one language: `say` picks the words, the others the form."""

    def __init__(self, lang: str, words: Words) -> None:
        self.lang = lang
        self.side = 0 if lang == "zh" else 1
        self.words = words

    def say(self, zh: str, en: str) -> str:
        """The words in this page's language."""
        return (zh, en)[self.side]

    def join(self, parts: Iterable[str]) -> str:
        """An enumeration."""
        return self.say("、", ", ").join(parts)

    def bullets(self, pairs: Iterable[tuple[str, str]]) -> str:
        """A list of what each thing is; what is empty is left out."""
        colon = self.say("：", ": ")
        return "\n".join(f"- {head}{colon}{flat(text)}" for head, text in pairs if text)

    def sentence(self, pattern: str) -> str:
        """A rule's sentence, with words for what a real problem would fill in."""
        return _SLOT.sub(lambda slot: f"〈{self.words.code('method.slot', slot[1])}〉", pattern)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table."""
    lines = [_row(heads), _row(["---"] * len(heads)), *(_row(row) for row in rows)]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(flat(cell).replace('|', chr(92) + '|') for cell in cells)} |"


def flat(text: str) -> str:
    """A text on one line that Markdown does not take for tags, anchors aside."""
    return _TAG.sub("&lt;", " ".join(text.split()))


def code(text: object) -> str:
    """A name as it is written in files and programs."""
    return f"`{text}`"


def number(value: float) -> str:
    """A number as short as it can be written."""
    return f"{value:g}"
