"""What kind of file some bytes are: text, workbook or Parquet, whatever the file is called.

What is none of them is refused with its name: a person learns what to save it as. Next: `text`,
`workbook`, `parquet_input`, which read them.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import Literal

from pipelines.contracts.limits import LIMITS

Kind = Literal["text", "workbook", "parquet"]

_CHUNK = 1 << 22
_HEAD = 1024
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0"
# How a workbook with a password names what it hides, in the directory of its container.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_FOREIGN = {
    b"%PDF": "PDF",
    b"\x1f\x8b": "gzip",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"{\\rtf": "RTF",
    b"SQLite format 3": "SQLite",
}
# Systems like to call a web page .xls.
_MARKUP = re.compile(r"\s*<(?:[!?]|[a-z][\w:]*[\s>])", re.IGNORECASE)


class Unreadable(Exception):
    """The bytes cannot be read as a table: the file rule that says why, and what its sentence adds."""

    def __init__(self, rule: str, value: str = "", detail: str = "") -> None:
        super().__init__(rule, value, detail)
        self.rule, self.value, self.detail = rule, value, detail


def kind_of(path: Path) -> Kind:
    """The kind of the file at `path`.

    Raises Unreadable for any other and for one that is too large, OSError when it cannot be read.
    """
    with path.open("rb") as handle:
        head = handle.read(_HEAD)
    size = path.stat().st_size
    if head.startswith(_ZIP):
        _within(size, LIMITS.workbook_bytes)
        return "workbook"
    if head.startswith(b"PAR1"):
        _within(size, LIMITS.parquet_bytes)
        return "parquet"
    if head.startswith(b"PARE"):
        raise Unreadable("password_protected")
    if head.startswith(_OLE):
        if size <= LIMITS.workbook_bytes and _holds(path, _ENCRYPTED):
            raise Unreadable("password_protected")
        raise Unreadable("format_unsupported", detail="XLS")
    for magic, name in _FOREIGN.items():
        if head.startswith(magic):
            raise Unreadable("format_unsupported", detail=name)
    if _MARKUP.match(_text_of(head)):
        raise Unreadable("format_unsupported", detail="HTML/XML")
    return "text"


def size_in_words(size: int) -> str:
    """A number of bytes for a sentence."""
    return f"{size / (1 << 20):,.1f} MB"


def _within(size: int, limit: int) -> None:
    if size > limit:
        raise Unreadable("file_too_large", size_in_words(size), size_in_words(limit))


def _holds(path: Path, wanted: bytes) -> bool:
    tail = b""
    with path.open("rb") as handle:
        while chunk := handle.read(_CHUNK):
            if wanted in tail + chunk:
                return True
            tail = chunk[-len(wanted) :]
    return False


def _text_of(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace")
    return head.decode("utf-8-sig", "replace")
