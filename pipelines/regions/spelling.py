"""Keys of a written text: one key for all spellings that mean the same name or code.

`key` undoes what hands and keyboards do to a name (full-width signs, spaces, traditional characters,
common misspellings, 族 and 自治 dropped or not); `sound_key` goes further and serves suggestions only.
Next: `gazetteer.py` indexes every known form by its key.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from pipelines.regions.frame import reference

# A spreadsheet that took a code for a number writes 530102.0; any other point stays and matches nothing.
_NUMBER_TAIL = re.compile(r"(?<=\d)\.0+$")
_NO_LETTER_OR_DIGIT = re.compile(r"(?!(?<=\d)\.\d)[\W_]")


def clean(text: str) -> str:
    """The letters and digits of a text, full-width forms made plain, upper case, nothing between them."""
    plain = unicodedata.normalize("NFKC", text).strip()
    plain = _NUMBER_TAIL.sub("", plain)
    return _NO_LETTER_OR_DIGIT.sub("", plain).upper()


def key(text: str) -> str:
    """The key under which a text is looked up; empty for a text without letters and digits."""
    return clean(text).translate(_folding()).replace("自治", "").replace("族", "")


def sound_key(a_key: str) -> str:
    """A key made coarser by homophones: 宜良 and 彝良 get the same. Never used to decide, only to suggest."""
    return a_key.translate(_sounds())


@cache
def _folding() -> dict[int, str]:
    # 栗 and 粟 fold to 傈 in 麻栗坡 too: harmless, since known names are folded the same way.
    return _variants(sound=False)


@cache
def _sounds() -> dict[int, str]:
    folding = _folding()
    return {ord(chr(v).translate(folding)): to.translate(folding) for v, to in _variants(sound=True).items()}


def _variants(*, sound: bool) -> dict[int, str]:
    rows = reference("character_variants").select("variant", "character", "kind").rows()
    return {ord(variant): character for variant, character, kind in rows if (kind == "sound") == sound}
