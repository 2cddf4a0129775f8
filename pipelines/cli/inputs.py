"""Which files a command line means: folders walked, with the mapping and received day of each file.

A folder (and the folder of a file named alone) may hold, all optional:

`ingest.toml`, read for the files directly beside it and, from a folder walked, for those below it:

    # files that are not for ingest, as globs on the name
    skip = ["planted.csv"]

    # the day each file was received, as globs on the name; the first match wins
    [received]
    "failures_2025_late*.csv" = 2026-01-12
    "*" = 2025-12-31

`NAME.mapping.toml` beside `NAME.csv` or `NAME.xlsx`, else `mapping.toml` for every file of its folder.

`--mapping` and `--received` on the command line win over both; a file without a received day gets today's.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from fnmatch import fnmatchcase
from pathlib import Path

from pipelines.errors import UserError

SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".parquet")
# Not read, but not passed over in silence either: ingest says what to save them as.
UNSUPPORTED = (".xls", ".xlsb", ".et", ".ods")
# What a spreadsheet program leaves beside a file that somebody has open.
LOCK_PREFIX = "~$"
RULES_FILE = "ingest.toml"


@dataclass(frozen=True)
class Input:
    """One file to ingest; `received` is null when nothing says it."""

    path: Path
    mapping: Path | None
    received: date | None


@dataclass(frozen=True)
class _Rules:
    """What one `ingest.toml` says."""

    skip: tuple[str, ...] = ()
    received: tuple[tuple[str, date], ...] = ()

    def received_of(self, name: str) -> date | None:
        return next((day for pattern, day in self.received if fnmatchcase(name, pattern)), None)

    def skips(self, name: str) -> bool:
        return any(fnmatchcase(name, pattern) for pattern in self.skip)


def collect(paths: Iterable[Path]) -> list[Input]:
    """The files meant by `paths`, each once: files as given, folders walked in order of their names.

    Raises UserError for a path that does not exist, a folder with no file to ingest, and an
    `ingest.toml` that does not follow the format above.
    """
    found: dict[Path, Input] = {}
    for path in paths:
        if path.is_dir():
            inputs = _walk(path)
            if not inputs:
                raise UserError(
                    f"文件夹 {path} 里没有可导入的文件({'、'.join(SUFFIXES)}),请核对路径。",
                    f"The folder {path} holds no file to ingest ({', '.join(SUFFIXES)}); check the path.",
                )
        elif path.is_file():
            inputs = [_describe(path, _read_rules(path.parent))]
        else:
            raise UserError(f"找不到 {path},请核对路径。", f"{path} does not exist; check the path.")
        for item in inputs:
            found.setdefault(item.path.resolve(), item)
    return list(found.values())


def _walk(folder: Path) -> list[Input]:
    top = _read_rules(folder)
    inputs = []
    for path in sorted(folder.rglob("*"), key=lambda item: item.relative_to(folder).parts):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if hidden or path.suffix.lower() not in SUFFIXES + UNSUPPORTED or not path.is_file():
            continue
        if path.name.startswith(LOCK_PREFIX):
            continue
        rules = top if not (path.parent / RULES_FILE).is_file() else _read_rules(path.parent)
        if not rules.skips(path.name):
            inputs.append(_describe(path, rules))
    return inputs


def _describe(path: Path, rules: _Rules) -> Input:
    candidates = (path.with_name(f"{path.stem}.mapping.toml"), path.with_name("mapping.toml"))
    mapping = next((candidate for candidate in candidates if candidate.is_file()), None)
    return Input(path, mapping, rules.received_of(path.name))


def _read_rules(folder: Path) -> _Rules:
    path = folder / RULES_FILE
    if not path.is_file():
        return _Rules()
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _bad_rules(path, str(error)) from error
    skip, received = content.pop("skip", []), content.pop("received", {})
    if content:
        raise _bad_rules(path, f"{next(iter(content))}: skip, [received]")
    if not (isinstance(skip, list) and all(isinstance(pattern, str) for pattern in skip)):
        raise _bad_rules(path, 'skip = ["*.csv"]')
    if not isinstance(received, dict):
        raise _bad_rules(path, "[received]")
    for pattern, day in received.items():
        # A datetime is a date in Python; its time of day would be dropped in silence.
        if not isinstance(day, date) or isinstance(day, datetime):
            raise _bad_rules(path, f'"{pattern}" = 2025-12-31')
    return _Rules(tuple(skip), tuple(received.items()))


def _bad_rules(path: Path, detail: str) -> UserError:
    return UserError(
        f"{path} 不符合格式({detail}),请改正。", f"{path} is not in the format ({detail}); correct it."
    )
