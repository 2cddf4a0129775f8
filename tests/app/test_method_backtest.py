"""The model's card on 方法说明: what `zhengxin backtest` wrote, number for number."""

import html

import pytest

from dashboard.i18n import LANGUAGES, Text
from dashboard.wording import method_backtest
from models.warning.backtest import ALL_KINDS

KIND = {"events": 12, "delay_months": 3.25, "lead_months": -2.0, "recall": 0.5, "first_month": 0.1}
PRICE = {"region_level": "county", "level": 3, "warnings": 25, "false_warnings": 4}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_card_says_the_figures(lang: str) -> None:
    text = Text(lang)
    kinds = [
        {**KIND, "kind": kind, "level": level, "found": 10 * level + number}
        for number, kind in enumerate(("spike", ALL_KINDS))
        for level in (3, 4)
    ]
    side = {
        "kinds": kinds,
        "price": [{**PRICE, "false_per_region_year": 0.0104, "false_a_month": 0.11}],
        "prevalence": [{"level": 3, "prevalence": 0.01, "false_discovery": 0.4425}],
        "weak": [{"kind": "neighbours", "events": 8, "found": 1}],
    }
    figures = {"snapshot": "0" * 64, "first_month": "2023-01-01", "last_month": "2025-12-01"}
    said = html.unescape(method_backtest.card({**figures, "today": side, "replay": side}, text))
    for number in ("30", "31", "40", "41", "3.2", "0.010", "0.11", "44%", "1%", "2023-01", "2025-12"):
        assert number in said, number
    words = {"kind": text("method.event.neighbours"), "found": 1, "events": 8}
    assert text("method.backtest_weak_kind", **words) in said
    assert all(text(f"method.backtest_weak_{n}") in said for n in range(1, method_backtest.WEAK_POINTS + 1))
