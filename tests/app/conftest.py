"""For the tests of pages: workspaces with snapshots made by hand, and a page run without a browser."""

import importlib.util
import re
import sys
from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.export import codenames
from dashboard.here import Here
from dashboard.i18n import Text
from dashboard.state import Selection
from pipelines.api import Snapshot
from tests.sample import Sample

ROOT = Path(__file__).resolve().parents[2]
ENTRY = ROOT / "dashboard" / "entry.py"
CASES = ("full", "failures_only")


def load_sealed() -> ModuleType:
    """The maker of snapshots beside this file (tests are no packages)."""
    spec = importlib.util.spec_from_file_location("sealed", Path(__file__).with_name("sealed.py"))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault("sealed", module)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def sealed() -> ModuleType:
    """The maker of snapshots."""
    return load_sealed()


@pytest.fixture(scope="session")
def homes(sealed: ModuleType, built: Sample, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One workspace a case, each with one snapshot; `sample` is the shipped sample as it is built."""
    made = {case: tmp_path_factory.mktemp(case) for case in CASES}
    for case, home in made.items():
        sealed.write(home, case)
    return {**made, "sample": built.ws.home}


@pytest.fixture(scope="session")
def at(built: Sample) -> Callable[..., Here]:
    """Where a reader of the sample is, for makers of cards: `at("530628", "en", kind="month", …)`."""

    def make(area: str, lang: str = "zh", snapshot: Snapshot = built.snapshot, **changes: object) -> Here:
        regions = codenames.named(snapshot.frame("ref.region"), False)
        window = {"kind": "r12", "period": date(2025, 12, 1), "comparator": "province"}
        window |= {key: value for key, value in changes.items() if key in window}
        fields = {
            **window,
            "snapshot": snapshot,
            "text": Text(lang),
            "page": "county",
            "selection": Selection(lang=lang, area=area, **window),
            "area": regions.row(by_predicate=pl.col("region_id") == area, named=True),
            "level": "county",
            "regions": regions,
            "coded": False,
        }
        return Here(**{**fields, **changes})

    return make


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in ("style", "code")
        self.words += [value for name, value in attrs if name in ("aria-label", "alt", "title") and value]

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("style", "code")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(data)


def said_by(page: AppTest) -> str:
    """All that a page says to a reader, without style and code."""
    parser = _Words()
    for element in page.html:
        parser.feed(element.proto.body)
        parser.feed("\n")
    said = [*parser.words, *(button.label for button in page.button)]
    for box in page.selectbox:
        # The search lists initials of pinyin in both languages (tests/app/test_search.py reads it).
        said += [box.label, *([] if str(box.key).startswith("search") else box.options)]
    return re.sub(r"[ \t]+", " ", "\n".join(said))


@pytest.fixture(scope="session")
def words() -> Callable[[AppTest], str]:
    """The function that returns all a page says."""
    return said_by


@pytest.fixture
def run(homes: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Run a page of a case: `run("home", case="full", lang="en")`; further keywords go into the address."""

    def start(page: str = "home", case: str = "full", home: Path | None = None, **query: str) -> AppTest:
        monkeypatch.setenv("ZHENGXIN_HOME", str(home or homes[case]))
        if home:
            # What is kept goes by the snapshot's id, and a workspace of the test's own may be gone by then.
            st.cache_resource.clear()
        test = AppTest.from_file(str(ENTRY), default_timeout=30)
        for key, value in query.items():
            if value:
                test.query_params[key] = value
        if page != "home":
            test.switch_page(f"views/{page}.py")
        return test.run()

    return start
