"""The mapping file (TOML): how the headers of an unusual file are to be read.

    source = "failures"
    region_when_empty = "省本级"
    [columns]
    "案件编号" = "record_id"    # header = column; "" leaves a column out
    [constants]
    source = "问责处理"          # a value for every row

Targets are the contract's columns, `prefecture`, `county`, and `event_year`, `event_month` for a
date given in two columns.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.contracts import CONTRACTS
from pipelines.errors import UserError

_KEYS = {"source": str, "region_when_empty": str, "synthetic": bool, "columns": dict, "constants": dict}


@dataclass(frozen=True)
class Mapping:
    """What a mapping file says; the empty one says nothing."""

    path: Path | None = None
    source: str | None = None
    region_when_empty: str | None = None
    synthetic: bool = False
    columns: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)

    def digest(self) -> str:
        """sha256 over the content; where it lies and how it is laid out do not matter."""
        content = [self.source, self.region_when_empty, self.synthetic, self.columns, self.constants]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def load(path: Path | None) -> Mapping:
    """The mapping in the file at `path`, the empty mapping for None.

    Raises UserError when the file cannot be read or says something it should not.
    """
    if path is None:
        return Mapping()
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UserError(
            f"映射文件 {path} 读不出（{error}）；请检查路径和 TOML 格式。",
            f"The mapping file {path} cannot be read ({error}); check the path and the TOML.",
        ) from error
    _check(path, content)
    return Mapping(
        path,
        content.get("source"),
        content.get("region_when_empty"),
        content.get("synthetic", False),
        {header.strip(): target for header, target in content.get("columns", {}).items()},
        {target: str(value) for target, value in content.get("constants", {}).items()},
    )


def _check(path: Path, content: dict[str, Any]) -> None:
    for key, value in content.items():
        if key not in _KEYS or not isinstance(value, _KEYS[key]):
            raise UserError(
                f"映射文件 {path} 中的「{key}」不认识或类型不对；可用的有：{'、'.join(_KEYS)}。",
                f"“{key}” in the mapping file {path} is unknown or of the wrong type; known are:"
                f" {', '.join(_KEYS)}.",
            )
    for header, target in content.get("columns", {}).items():
        if not isinstance(target, str):
            raise UserError(
                f"映射文件 {path} 中「{header}」对应的列名应为文字。",
                f"The target of “{header}” in the mapping file {path} must be a text.",
            )
    if (source := content.get("source")) and source not in CONTRACTS:
        raise UserError(
            f"映射文件 {path} 的 source「{source}」不存在；可用的有：{'、'.join(CONTRACTS)}。",
            f"The source “{source}” of the mapping file {path} does not exist; known are:"
            f" {', '.join(CONTRACTS)}.",
        )
