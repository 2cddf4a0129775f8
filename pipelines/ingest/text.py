"""From the bytes of a text file to UTF-8 on disk, and what a first look at it says.

The bytes are read once: hashed, tested for UTF-8 and for shapes the fast reader would number or
split wrongly. Anything but UTF-8 is transcoded by stream into a temporary file. Next: `header`.
"""

from __future__ import annotations

import codecs
import hashlib
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import polars as pl

from pipelines.ingest.kind import Kind
from pipelines.ingest.report import Problem
from pipelines.ingest.workbook_sheet import Sheet

_CHUNK = 1 << 22
_DAMAGE = "\ufffd"
_ASCII = bytes(range(128))
_BLANK_LINE = re.compile(rb"\n\n")
# More than this share of the non-ASCII bytes unreadable as UTF-8: the file is not damaged UTF-8.
_UTF8_DAMAGE = 0.2


@dataclass(frozen=True)
class TextFile:
    """A file on its way to UTF-8 text.

    `utf8` is the file itself or its transcoded copy; `damaged` says that it holds U+FFFD or NUL,
    `quoted` that it holds a quotation mark, `regular` that every line is a record and the fast
    reader numbers rows as a spreadsheet does. Of a workbook or Parquet file (`kind`), `utf8` is the
    file that `look.ready` makes of it; `sheet` is where a workbook is read, `notes` what is to be
    said about the file as a whole though it can be taken.
    """

    path: Path
    utf8: Path
    sha256: str
    encoding: str
    empty: bool
    damaged: bool
    quoted: bool
    regular: bool
    kind: Kind = "text"
    sheet: Sheet | None = None
    notes: tuple[Problem, ...] = ()


def read_text(path: Path, scratch: Path) -> TextFile:
    """The file at `path` as UTF-8; a copy goes into the folder `scratch` when one is needed.

    Raises OSError when the file cannot be read.
    """
    with path.open("rb") as handle:
        head = handle.read(2)
    utf16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    look, test = _Look(), Utf8Test(sound=not utf16)
    digest = hashlib.sha256()
    for chunk in _chunks(path):
        digest.update(chunk)
        if test.sound:
            test.take(chunk)
            look.bytes(chunk)
    look.damaged = look.damaged or test.damaged
    utf8, encoding = plainly_named(path, scratch), "utf-8"
    if not test.sound or test.begun:
        encoding = "utf-16" if utf16 else _likely_encoding(path)
        utf8, look = scratch / "text.csv", _Look()
        _transcode(path, utf8, encoding, look)
    return TextFile(
        path, utf8, digest.hexdigest(), encoding, look.empty, look.damaged, look.quoted, look.regular
    )


def plainly_named(path: Path, scratch: Path) -> Path:
    """The path, or a link to it where the engine would take its name for a pattern."""
    if not set(str(path)) & set("*?[]{}"):
        return path
    link = scratch / "input.csv"
    try:
        link.symlink_to(path.absolute())
    except OSError:
        shutil.copyfile(path, link)
    return link


@dataclass
class Utf8Test:
    """Whether bytes that come in pieces are UTF-8, and hold marks of damage: ten times as fast as decoding.

    `begun` is the start of a character that the next piece must end.
    """

    sound: bool
    damaged: bool = False
    begun: bytes = b""

    def take(self, piece: bytes) -> None:
        """Test the next piece."""
        data = self.begun + piece
        whole = len(data) - _begun(data)
        self.begun = data[whole:]
        try:
            text = pl.Series([data[:whole]], dtype=pl.Binary).cast(pl.String)
        except pl.exceptions.PolarsError:
            self.sound = False
        else:
            self.damaged = self.damaged or bool(text.str.contains(_DAMAGE, literal=True).item())


def _begun(data: bytes) -> int:
    """How many of the last bytes begin a character of UTF-8 without ending it."""
    for back, byte in enumerate(reversed(data[-3:]), start=1):
        if byte >= 0xC0:  # the first of two to four bytes
            return back if back < (2 if byte < 0xE0 else 3 if byte < 0xF0 else 4) else 0
        if byte < 0x80:
            break
    return 0


class _Look:
    """Gathers what one pass over the text shows."""

    def __init__(self) -> None:
        self.empty, self.damaged, self.quoted, self.regular = True, False, False, True
        self._tail = b""

    def text(self, text: str) -> None:
        if _DAMAGE in text:
            self.damaged = True

    def bytes(self, chunk: bytes) -> None:
        data = self._tail + chunk if self._tail else chunk
        body = data.rstrip(b"\r\n")
        # Line ends are looked at together with what follows: blank lines at the very end are harmless.
        self._tail = data[len(body) :]
        if self.empty and body.removeprefix(codecs.BOM_UTF8).strip():
            self.empty = False
            if body.removeprefix(codecs.BOM_UTF8).startswith((b"\r", b"\n")):
                self.regular = False
        self.quoted = self.quoted or b'"' in body
        if b"\x00" in body:
            self.damaged, self.regular = True, False
        if self.regular:
            # Two-byte searches are slow, by a pattern less so: most only where a carriage return is.
            returns = b"\r" in body and (b"\n\r" in body or body.count(b"\r") != body.count(b"\r\n"))
            self.regular = not returns and _BLANK_LINE.search(body) is None


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as handle:
        while chunk := handle.read(_CHUNK):
            yield chunk


def _likely_encoding(path: Path) -> str:
    """Damaged UTF-8 or GB18030: the second is unreadable as UTF-8 in nearly every character."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    damaged = foreign = 0
    for chunk in _chunks(path):
        foreign += len(chunk.translate(None, _ASCII))
        damaged += decoder.decode(chunk).count(_DAMAGE)
    return "utf-8" if damaged <= _UTF8_DAMAGE * foreign else "gb18030"


def _transcode(path: Path, target: Path, encoding: str, look: _Look) -> None:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    with target.open("wb") as out:
        for chunk in chain(_chunks(path), (b"",)):
            text = decoder.decode(chunk, final=not chunk)
            look.text(text)
            # A lone surrogate cannot be written; as a mark of damage it can.
            data = text.encode("utf-8", "replace") if text.isascii() else _utf8(text, look)
            look.bytes(data)
            out.write(data)


def _utf8(text: str, look: _Look) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        look.damaged = True
        return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace").encode("utf-8")
