"""An XLSX file (or XLSM) opened: its sheets, texts and number formats, within limits.

A workbook is a ZIP archive of XML. Sizes are checked before anything is unpacked, document types
(and with them entities) are refused, and the XML is read as a stream: the standard library does
this in a few megabytes, where libraries that hold the sheet fill memory with one stray cell.
Next: `workbook_sheet`, which reads the rows.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO
from xml.parsers import expat

from pipelines.contracts.limits import LIMITS
from pipelines.ingest.kind import Unreadable, size_in_words
from pipelines.ingest.workbook_cells import PLAIN, Form, form_of, unescaped

CHUNK = 1 << 18
_ENCRYPTED_BIT = 1
# What else comes in a ZIP archive, by a part that it alone has.
_OTHER_ARCHIVES = {
    "word/document.xml": "DOCX",
    "ppt/presentation.xml": "PPTX",
    "xl/workbook.bin": "XLSB",
    "content.xml": "ODS/ODT",
}
CORRUPT = Unreadable("file_corrupt", detail="XLSX")
"""The refusal of a damaged workbook; the cause of the exception says more."""
_DAMAGE = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, expat.ExpatError, EOFError),
    # A method of packing nobody uses, a part that is missing, a number that is none.
    *(NotImplementedError, RuntimeError, KeyError, ValueError),
)
Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]


@dataclass(frozen=True)
class SheetPart:
    """A worksheet by name: the part of the archive it stands in, and whether a person sees it."""

    name: str
    part: str
    visible: bool


class Workbook:
    """A workbook; raises Unreadable when it cannot be read, is too large or has a password."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._archive() as archive:
            entries = archive.infolist()
            self._names = {_plain_name(entry.filename): entry.filename for entry in entries}
            self._check(entries)
            self._read_parts(archive)

    def _check(self, entries: list[zipfile.ZipInfo]) -> None:
        if any(entry.flag_bits & _ENCRYPTED_BIT for entry in entries):
            raise Unreadable("password_protected")
        expanded = sum(entry.file_size for entry in entries)
        most = LIMITS.expanded_bytes
        if expanded > LIMITS.expansion_free_bytes:
            most = min(most, LIMITS.expansion * self.path.stat().st_size)
        if expanded > most or len(entries) > LIMITS.parts:
            raise Unreadable("expands_too_far", size_in_words(expanded), size_in_words(most))

    def _read_parts(self, archive: zipfile.ZipFile) -> None:
        """Find the sheets and the two tables of texts and formats by their relations, not by their names."""
        root = self._relations(archive, "")
        start = next(
            (target for kind, target in root.values() if kind == "officeDocument"), "xl/workbook.xml"
        )
        if start not in self._names:
            other = next((kind for part, kind in _OTHER_ARCHIVES.items() if part in self._names), "ZIP")
            raise Unreadable("format_unsupported", detail=other)
        links = self._relations(archive, start)
        sheets: list[SheetPart] = []
        self.calendar_1904 = False

        def begin(name: str, said: dict[str, str]) -> None:
            if name == "workbookPr":
                self.calendar_1904 = said.get("date1904") in ("1", "true")
            elif name == "sheet":
                link = next((value for key, value in said.items() if key.endswith(":id")), "")
                kind, target = links.get(link, ("", ""))
                if kind == "worksheet" and target in self._names:
                    visible = said.get("state", "visible") == "visible"
                    sheets.append(SheetPart(said.get("name", ""), target, visible))

        self._parse(archive, start, begin)
        self.sheets = tuple(sheets)
        parts = {kind: target for kind, target in links.values() if target in self._names}
        self._shared_part, self._styles_part = parts.get("sharedStrings"), parts.get("styles")

    def _relations(self, archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
        """Id to kind and part of what a part points at."""
        folder, name = posixpath.split(part)
        found: dict[str, tuple[str, str]] = {}

        def begin(name: str, said: dict[str, str]) -> None:
            if name == "Relationship":
                target = posixpath.normpath(posixpath.join("/", folder, said.get("Target", "")))
                kind = said.get("Type", "").rpartition("/")[2]
                found[said.get("Id", "")] = kind, _plain_name(target)

        described = _plain_name(posixpath.join(folder, "_rels", f"{name}.rels"))
        if described in self._names:
            self._parse(archive, described, begin)
        return found

    @cached_property
    def texts(self) -> list[str]:
        """The texts that cells refer to by number."""
        if self._shared_part is None:
            return []
        found: list[str] = []
        pieces: list[str] = []
        inside = aside = False

        def begin(name: str, said: dict[str, str]) -> None:
            nonlocal inside, aside
            if name == "t":
                inside = not aside
            elif name == "si":
                pieces.clear()
            elif name == "rPh":  # how a text is pronounced is no part of it
                aside = True

        def end(name: str) -> None:
            nonlocal inside, aside
            if name == "t":
                inside = False
            elif name == "si":
                found.append(unescaped("".join(pieces)))
            elif name == "rPh":
                aside = False

        def characters(data: str) -> None:
            if inside:
                pieces.append(data)

        with self._archive() as archive:
            size = archive.getinfo(self._names[self._shared_part]).file_size
            if size > LIMITS.shared_bytes:
                raise Unreadable("expands_too_far", size_in_words(size), size_in_words(LIMITS.shared_bytes))
            self._parse(archive, self._shared_part, begin, end, characters)
        return found

    @cached_property
    def forms(self) -> list[Form]:
        """What the number format of each cell style makes of a number."""
        if self._styles_part is None:
            return []
        codes: dict[int, str] = {}
        numbers: list[int] = []
        cells = False

        def begin(name: str, said: dict[str, str]) -> None:
            nonlocal cells
            if name == "numFmt":
                codes[int(said.get("numFmtId", 0))] = said.get("formatCode", "")
            elif name == "cellXfs":
                cells = True
            elif name == "xf" and cells:
                numbers.append(int(said.get("numFmtId", 0)))

        def end(name: str) -> None:
            nonlocal cells
            cells = cells and name != "cellXfs"

        with self._archive() as archive:
            self._parse(archive, self._styles_part, begin, end)
        known = {number: form_of(number, codes.get(number)) for number in numbers}
        return [known.get(number, PLAIN) for number in numbers]

    @contextmanager
    def part(self, part: str) -> Iterator[IO[bytes]]:
        """The unpacked bytes of a part as a stream; what is wrong with them is raised as Unreadable."""
        with self._archive() as archive, archive.open(self._names[part]) as stream:
            yield stream

    @contextmanager
    def _archive(self) -> Iterator[zipfile.ZipFile]:
        try:
            with zipfile.ZipFile(self.path) as archive:
                yield archive
        except _DAMAGE as error:
            raise CORRUPT from error

    def _parse(
        self,
        archive: zipfile.ZipFile,
        part: str,
        begin: Start,
        end: End | None = None,
        characters: Callable[[str], None] | None = None,
    ) -> None:
        parser = new_parser()
        parser.StartElementHandler = lambda name, said: begin(local(name), said)
        if end is not None:
            parser.EndElementHandler = lambda name: end(local(name))
        if characters is not None:
            parser.CharacterDataHandler = characters
        with archive.open(self._names[part]) as stream:
            while chunk := stream.read(CHUNK):
                parser.Parse(chunk, False)
        parser.Parse(b"", True)


def new_parser() -> expat.XMLParserType:
    """A parser that refuses document types: a workbook has none, and entities could grow without end."""

    def refuse(*_: object) -> None:
        raise CORRUPT

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    return parser


def local(name: str) -> str:
    """The name of an element without the prefix that some programs write."""
    return name.rpartition(":")[2] if ":" in name else name


def _plain_name(name: str) -> str:
    """The name of a part as all programs mean it: forward slashes, no slash in front."""
    return name.replace("\\", "/").lstrip("/")
