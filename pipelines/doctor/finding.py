"""What a look at one thing gave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    """The state of one thing, and a sentence on it in Chinese and English; `name` is lasting."""

    name: str
    state: State
    zh: str
    en: str
