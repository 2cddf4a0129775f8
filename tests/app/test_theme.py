"""Colours: every pair of the token file has its contrast, and nothing else is written anywhere."""

import re
import tomllib
from pathlib import Path

import pytest

from dashboard.theme.tokens import contrast, style_sheet, token, tokens

DASHBOARD = Path(__file__).resolve().parents[2] / "dashboard"


@pytest.mark.parametrize(("ink", "ground", "least"), tokens()["contrast"]["pairs"])
def test_contrast_of_pairs(ink: str, ground: str, least: float) -> None:
    assert contrast(token(ink), token(ground)) >= least


def test_contrast_of_labels_on_classes() -> None:
    pairs = zip(token("magnitude_ink.classes"), token("magnitude.classes"), strict=True)
    assert min(contrast(ink, ground) for ink, ground in pairs) >= 4.5


def test_classes_darken_and_keep_their_ends() -> None:
    classes = token("magnitude.classes")
    steps = [contrast(colour, "#FFFFFF") for colour in classes]
    assert steps == sorted(steps) and (classes[0], classes[-1]) == ("#F1EEF6", "#045A8D")


def test_contrast_is_the_standards() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_colours_are_written_in_the_token_file_only() -> None:
    for path in [*DASHBOARD.rglob("*.py"), *DASHBOARD.rglob("*.css")]:
        assert not re.findall(r"#[0-9A-Fa-f]{6}\b", path.read_text(encoding="utf-8")), path


def test_style_sheet_uses_known_properties() -> None:
    sheet = style_sheet()
    assert set(re.findall(r"var\((--[a-z0-9-]+)\)", sheet)) <= set(re.findall(r"(--[a-z0-9-]+):", sheet))


def test_streamlits_theme_repeats_the_tokens() -> None:
    theme = tomllib.loads((DASHBOARD / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    assert theme["textColor"] == token("ink.text")
    assert theme["linkColor"] == theme["primaryColor"] == token("ink.link")
    assert theme["secondaryBackgroundColor"] == token("surface.page")
    assert theme["borderColor"] == token("surface.line")
    assert theme["font"] == token("type.family").replace("'", "")


def test_settings_ask_nobody_outside() -> None:
    settings = tomllib.loads((DASHBOARD / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["browser"]["gatherUsageStats"] is False
    assert settings["client"]["toolbarMode"] == "minimal" and settings["client"]["showErrorDetails"] == "none"
    for path in DASHBOARD.rglob("*"):
        if path.suffix in (".py", ".css", ".toml"):
            assert not re.findall(r"https?://(?!127\.)", path.read_text(encoding="utf-8")), path
