"""Every page in both languages: as it comes, by a bad link, and on a snapshot with failures alone."""

import random
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.i18n import Text
from dashboard.menu import MENU
from dashboard.queries.windows import LEVELS, periods
from dashboard.state import LETTERS
from tests.sample import Sample

PAGES = tuple(entry.key for entry in MENU)
VIEWS = Path(__file__).resolve().parents[2] / "dashboard" / "views"
CASES = ("sample", "full", "failures_only")
# One address a page that leads deep into it; what it must show stands in the page's own test file.
DEEP: dict[str, dict[str, str]] = {
    "home": {"p": "m2025-06", "a": "530600"},
    "ranking": {
        "p": "r2025-06",
        "lvl": "c",
        "cmp": "prefecture",
        "a": "530628",
        "tab": "funnel",
        "i": "petition_repeat",
    },
    "prefecture": {"p": "q2025-06", "a": "530600", "i": "petition_closed_on_time"},
    "county": {
        "p": "r2025-06",
        "a": "530628",
        "i": "failure_rate",
        "ch": "petitions_repeated",
        "m": "2025-03",
    },
    "warnings": {"p": "r2025-06", "lvl": "c", "lv": "1,2", "tab": "list"},
    "method": {},
}
# A second one, where a page has a tab that keeps something of its own in the address.
ALSO_DEEP = {
    "ranking": {"lvl": "c", "a": "530628", "tab": "stability", "wt": "failures60,petitions25,debt15"},
    "warnings": {"w": "532823-2025-08", "ch": "petitions_repeated", "m": "2025-07"},
}
LANGUAGES = ("zh", "en")
Run = Callable[..., AppTest]
Words = Callable[[AppTest], str]

# What may stand in Latin letters on a Chinese page: the switch, ids, versions, names of formats and rules.
ALLOWED = re.compile(
    r"[a-z]+(?:_[a-z0-9]+)+|[0-9a-f]{12}|core-1\.0|English|source|zhengxin|duckdb|polars|numpy|scipy|registry|method|sql"
    r"|GS\(2024\)0650|CC BY 4\.0|SIL|UTF-8|GB18030|GB 32100|CSV|XLSX?|TSV|\bL\b|\bN\b|\bid\b"
    r"|[IOSVZ](?:、[IOSVZ])*"
)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_page_as_it_comes(run: Run, words: Words, page: str, lang: str, case: str) -> None:
    shown = run(page, case, lang="" if lang == "zh" else lang)
    said, text = words(shown), Text(lang)
    assert not shown.exception
    assert text("error.title") not in said
    assert text("app.title") in said
    synthetic = case != "failures_only"
    assert text("frame.synthetic" if synthetic else "frame.internal") in said
    assert (text("frame.watermark") in said) is synthetic


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("page", "query"), [*DEEP.items(), *ALSO_DEEP.items()])
def test_deep_link_opens_in_either_language(
    run: Run, words: Words, page: str, query: dict[str, str], lang: str
) -> None:
    shown = run(page, "sample", lang="" if lang == "zh" else lang, **query)
    said = words(shown)
    assert not shown.exception
    assert "zx-notice" not in "".join(
        html.proto.body for html in shown.html if 'role="alert"' in html.proto.body
    )
    assert {key: shown.query_params.get(key) for key in query} == query
    assert Text(lang)("error.title") not in said


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("key", "value"),
    [("p", "r1999-01"), ("p", "nonsense"), ("v", "0" * 64), ("a", "539999"), ("w", "1"), ("lang", "fr")],
)
def test_bad_link_is_said(run: Run, words: Words, page: str, lang: str, key: str, value: str) -> None:
    query = {"lang": lang, key: value}
    shown = run(page, **query)
    text = Text("zh" if key == "lang" else lang)
    if key != "a" or page not in ("ranking", "method"):
        assert text("frame.bad_link", pairs=f"{key}={value}") in words(shown)
    assert not shown.exception
    assert key not in shown.query_params or shown.query_params[key] != value


@pytest.mark.parametrize("page", PAGES)
def test_chinese_page_has_no_english(run: Run, words: Words, page: str) -> None:
    for case in CASES:
        left = ALLOWED.sub("", words(run(page, case)))
        assert not re.findall(r"[A-Za-z]{2,}", left)


@pytest.mark.parametrize("page", PAGES)
def test_english_page_has_no_chinese(run: Run, words: Words, page: str) -> None:
    left = words(run(page, lang="en")).replace(Text("en")("nav.language"), "")
    left = re.sub(r"「[^」]*」", "", left)
    # Rules quote the values and units that files hold, in the words of the files.
    left = "\n".join(line for line in left.splitlines() if not re.search(r"[元是否]", line))
    assert not re.findall(r"[一-鿿]", left) or page == "method"


@pytest.mark.parametrize("page", PAGES)
def test_any_place_and_window_opens(run: Run, built: Sample, page: str) -> None:
    """Places and windows drawn at random, early ones with little behind them among them."""
    draw = random.Random(page)
    regions = built.snapshot.frame("ref.region").filter(pl.col("region_level").is_in(LEVELS))
    ends = periods(built.snapshot.frame("mart.indicator_value"))
    shown = run(page, "sample")
    for _ in range(25):
        kind = draw.choice(sorted(ends))
        asked = {
            "a": draw.choice(regions["region_id"].to_list()),
            "p": f"{LETTERS[kind]}{draw.choice(ends[kind]):%Y-%m}",
            "lvl": draw.choice("pc"),
            "lang": draw.choice(LANGUAGES),
        }
        shown.query_params.clear()
        for key, value in asked.items():
            shown.query_params[key] = value
        shown.run()
        assert not shown.exception, f"{page} {asked}: {shown.exception[0].message}"
        assert not [html for html in shown.html if 'class="zx-error' in html.proto.body], f"{page} {asked}"


@pytest.mark.parametrize("page", PAGES)
def test_views_are_tables_of_contents(page: str) -> None:
    assert len((VIEWS / f"{page}.py").read_text(encoding="utf-8").splitlines()) <= 60


def test_language_switch_keeps_page_and_period(run: Run, words: Words) -> None:
    shown = run(p="m2025-11")
    shown.button(key="language").click().run()
    assert shown.query_params["lang"] == "en"
    assert shown.query_params["p"] == "m2025-11"
    assert "Nov 2025" in words(shown)
    shown.button(key="language").click().run()
    assert "lang" not in shown.query_params


def test_period_boxes_write_the_address(run: Run) -> None:
    shown = run()
    assert "p" not in shown.query_params
    shown.selectbox(key="kind_zh").select("month").run()
    assert shown.query_params["p"] == "m2025-12"
    shown.selectbox(key="period_zh_month").select(date(2025, 10, 1)).run()
    assert shown.query_params["p"] == "m2025-10"
    shown.selectbox(key="kind_zh").select("r12").run()
    assert shown.query_params["p"] == "r2025-10"
    shown.selectbox(key="period_zh_r12").select(date(2025, 12, 1)).run()
    assert "p" not in shown.query_params


def test_area_moves_the_key_figures(run: Run, words: Words) -> None:
    shown = run(p="m2025-12")
    shown.selectbox(key="area_zh").select("530100").run()
    assert shown.query_params["a"] == "530100"
    assert "昆明21项指标中" in words(shown)
    shown.button(key="language").click().run()
    assert shown.query_params["a"] == "530100" and "Kunming: 21 of 21 indicators" in words(shown)
    shown.selectbox(key="area_en").select("530000").run()
    assert "a" not in shown.query_params


def test_late_data_come_before_any_number(run: Run, words: Words) -> None:
    said = words(run())
    assert "截至2025年12月31日(怒江州、西双版纳州未报送,数据为初步数):2025年1—12月(近12个月)" in said


def test_changes_carry_percentage_points(run: Run, words: Words) -> None:
    said = words(run(p="m2025-12"))
    assert re.search(r"[+−]\d+(\.\d)?个百分点", said)
    assert re.search(r"[+−]\d+(\.\d)? pp", words(run(p="m2025-12", lang="en")))


def test_failures_alone(run: Run, words: Words) -> None:
    """No exposure, no register, nothing recognised as a breach: rates say what is missing, counts show."""
    said = words(run(case="failures_only"))
    for sentence in (
        "失信事项发生率无法计算(缺少机构数),改示失信事项数",
        "没有基数(机关单位数),无法折算:失信事项发生率、失信被执行人在册率、复发率",
        "未收到信访事项、债务余额、债务年报、基数、报送登记。",
        "政务失信记录105条没有日期",
        "纪律处分、问责处理,未认定为政务失信:896条",
        "没有报送登记,报送情况由数据推断",
        "已报部分",
    ):
        assert sentence in said


def test_method_page_is_the_snapshots_own(run: Run, words: Words, sealed: ModuleType, tmp_path: Path) -> None:
    """A snapshot with other words shows its own words."""
    indicators = sealed.tables("full")["ref.indicator"]
    changed = indicators.with_columns(why_zh=indicators["why_zh"].str.replace(r"^.*$", "本快照自己的说明"))
    sealed.write(tmp_path, "full", {"ref.indicator": changed})
    said = words(run("method", home=tmp_path))
    assert said.count("本快照自己的说明") == indicators.height


def test_method_page_shows_registry_method_rules_and_terms(
    run: Run, words: Words, sealed: ModuleType
) -> None:
    said, tables = words(run("method")), sealed.tables("full")
    for name in tables["ref.indicator"]["definition_zh"]:
        assert name in said
    for rule in tables["ref.rule"]["rule_id"].unique():
        assert rule in said
    for term in tables["ref.glossary"]["text_zh"]:
        assert term in said
    assert "维度内26.7%,总权重12.0%" in said
    assert "云政发〔2017〕66号" in said


def test_method_page_says_how_index_and_warnings_come_about(run: Run, words: Words, built: Sample) -> None:
    """Every number of [index] and [warning] stands there; a snapshot without them leaves the parts out."""
    said, method = words(run("method", "sample")), built.snapshot.method
    assert (
        "当月之前2个月以前、至多60个月的历史" in said
        and "靠它触发的不高于三级" in said
        and "不高于四级" in said
    )
    for group in ("index", "warning"):
        for key, value in method[group].items():
            if isinstance(value, int | float):
                assert f"{Text('zh')(f'parameter.{key}')}\n{round(value, 3):g}" in said, key
    share = built.snapshot.frame("mart.completeness").filter(
        pl.col("channel") == "failure_events", pl.col("age_months") == 2
    )["share"][0]
    assert f"{100 * share:.0f}%" in said
    assert Text("zh")("method.completeness") not in words(run("method", "full"))


def test_no_snapshot_says_what_to_do(run: Run, words: Words, tmp_path: Path) -> None:
    for lang in LANGUAGES:
        said = words(run(home=tmp_path, lang=lang))
        assert Text(lang)("error.no_snapshot") in said
        assert "zhengxin build" in said


def test_newer_snapshot_is_offered_not_taken(
    run: Run, words: Words, sealed: ModuleType, tmp_path: Path
) -> None:
    old = sealed.write(tmp_path, "full")
    shown = run(home=tmp_path)
    new = sealed.write(tmp_path, "failures_only")
    shown.run()
    assert old[:12] in words(shown) and f"有新的快照 {new[:12]}" in words(shown)
    shown.button(key="open_newer").click().run()
    assert f"有新的快照 {new[:12]}" not in words(shown)
    assert Text("zh")("frame.internal") in words(shown)


def test_script_error_shows_our_block(
    run: Run, sealed: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dashboard import errors

    sent: list[str] = []
    monkeypatch.setattr(errors, "block", lambda title, body: sent.append(f"{title} {body}"))
    assert errors.show_script_error(ValueError("secret inside"))
    assert sent and "secret" not in sent[0]
