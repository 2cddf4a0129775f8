"""Read the design tokens and hand them to CSS (as custom properties) and to charts (as values).

Source of every colour: `tokens.toml` beside this file. `style.css` is written with `var(--…)` only.
"""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


@lru_cache
def tokens() -> dict[str, Any]:
    """Return all design tokens."""
    return tomllib.loads((_HERE / "tokens.toml").read_text(encoding="utf-8"))


def token(path: str) -> Any:
    """Return one token by its dotted path, for example `ink.muted`; raises KeyError when there is none."""
    group, name = path.split(".")
    return tokens()[group][name]


@lru_cache
def style_sheet() -> str:
    """Return the dashboard's whole style sheet, with the tokens as custom properties on top."""
    properties = []
    for group in ("ink", "surface", "level", "level_ink", "benchmark", "magnitude"):
        for name, value in tokens()[group].items():
            if isinstance(value, str):
                properties.append(f"--{group}-{name}: {value};".replace("_", "-"))
    for index, colour in enumerate(token("magnitude.classes"), start=1):
        properties.append(f"--class-{index}: {colour};")
    return ":root {" + " ".join(properties) + "}\n" + (_HERE / "style.css").read_text(encoding="utf-8")


def luminance(colour: str) -> float:
    """Return the relative luminance (WCAG 2) of a #RRGGBB colour."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio (WCAG 2) of two #RRGGBB colours, from 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
