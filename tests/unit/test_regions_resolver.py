"""What departments write and what it means: every name and code in its forms, and every refusal.

The systematic forms are built here from the plain list of divisions, not by the resolver's own rules.
"""

from __future__ import annotations

import csv
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.regions import frame, resolver

RESOLVER = resolver.Resolver()
REGIONS = {row["region_id"]: row for row in frame.regions().to_dicts()}
with (frame.REFERENCE / "divisions.csv").open(encoding="utf-8") as file:
    DIVISIONS = list(csv.DictReader(file))
with (frame.REFERENCE / "code_changes.csv").open(encoding="utf-8") as file:
    CHANGES = list(csv.DictReader(file))
PREFECTURES = {row["code"]: row["name"] for row in DIVISIONS if row["level"] == "prefecture"}
COUNTIES = [
    (r["code"], r["name"], r["parent"]) for r in DIVISIONS if r["level"] == "county" and not r["valid_to"]
]
SHORT = {
    **{
        "530100": "昆明",
        "530300": "曲靖",
        "530400": "玉溪",
        "530500": "保山",
        "530600": "昭通",
        "530700": "丽江",
    },
    **{"530800": "普洱", "530900": "临沧", "532300": "楚雄州", "532500": "红河州", "532600": "文山州"},
    **{
        "532800": "西双版纳州",
        "532900": "大理州",
        "533100": "德宏州",
        "533300": "怒江州",
        "533400": "迪庆州",
    },
}
SHORT_AUTONOMOUS = {
    **{"530126": "石林县", "530128": "禄劝县", "530129": "寻甸县", "530426": "峨山县", "530427": "新平县"},
    **{"530428": "元江县", "530721": "玉龙县", "530724": "宁蒗县", "530821": "宁洱县", "530822": "墨江县"},
    **{"530823": "景东县", "530824": "景谷县", "530825": "镇沅县", "530826": "江城县", "530827": "孟连县"},
    **{"530828": "澜沧县", "530829": "西盟县", "530925": "双江县", "530926": "耿马县", "530927": "沧源县"},
    **{"532523": "屏边县", "532530": "金平县", "532532": "河口县", "532922": "漾濞县", "532926": "南涧县"},
    **{"532927": "巍山县", "533324": "贡山县", "533325": "兰坪县", "533423": "维西县"},
}
AMBIGUOUS_BASES = {"楚雄": ("532300", "532301"), "大理": ("532900", "532901")} | {
    "文山": ("532600", "532601"),
    "红河": ("532500", "532529"),
}


def read(region: str | None, prefecture: str | None = None, county: str | None = None) -> str | None:
    """The region id found, or the reason."""
    answer = RESOLVER.resolve(region, prefecture, county)
    assert (answer.region_id is None) == (answer.reason is not None)
    assert answer.region_id is None or answer.candidates == ()
    return answer.region_id or answer.reason


def candidate_ids(region: str | None, prefecture: str | None = None, county: str | None = None) -> list[str]:
    """The codes of the candidates, which must be written "name (code)"."""
    found = []
    for candidate in RESOLVER.resolve(region, prefecture, county).candidates:
        name, _, code = candidate.removesuffix(")").rpartition(" (")
        assert REGIONS[code]["name_zh"] == name
        found.append(code)
    return found


# --- systematic forms -------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "name"), PREFECTURES.items())
def test_every_form_of_a_prefecture(code: str, name: str) -> None:
    kind = "市" if name.endswith("市") else "州"
    base = SHORT[code].removesuffix("州")
    for form in (
        name,
        f"云南省{name}",
        f"云南{name}",
        SHORT[code],
        f"{base}{kind}",
        f"云南省{base}{kind}",
        code,
    ):
        assert read(form) == code, form
    for form in (f"{code}000000", f"{code[:4]}00000", f"{code} {name}", f"{name}（{code}）"):
        assert read(form) == code, form
    for form in (
        f"{name}本级",
        f"{base}{kind}本级",
        f"云南省{name}本级",
        f"{name}{kind}本级",
        f"{base}{kind}直",
    ):
        assert read(form) == f"{code}L", form
    for own in (f"{kind}本级", "本级", f"{kind}直", f"{kind}级", f"{kind}直属机关", "州（市）本级"):
        assert read(own, name) == f"{code}L", own
        assert read(None, SHORT[code], own) == f"{code}L", own
    assert read(None, base) == code
    assert read("", base, "") == code
    assert read(base, None) == ("region_ambiguous" if base in AMBIGUOUS_BASES else code)
    assert read(f"{code}L") == f"{code}L"


@pytest.mark.parametrize(("code", "name", "parent"), COUNTIES)
def test_every_form_of_a_county(code: str, name: str, parent: str) -> None:
    full, short = PREFECTURES[parent], SHORT[parent]
    names = {name, SHORT_AUTONOMOUS.get(code, name)}
    for written in names:
        for form in (written, f"云南省{written}", f"{full}{written}", f"{short}{written}"):
            assert read(form) == code, form
        for form in (
            f"云南省{full}{written}",
            f"云南{short}{written}",
            f"{full}-{written}",
            f"{full} / {written}",
        ):
            assert read(form) == code, form
        for prefecture in (full, short, f"云南省{full}", parent, f"{parent}000000", None, "云南省"):
            assert read(None, prefecture, written) == code, prefecture
            assert read(written, prefecture) == code, prefecture
        assert read(full, None, written) == code
        assert read(f"{full}{written}", full, written) == code
        assert read(f"{written}本级") == code
    for form in (
        code,
        f"{code}001",
        f"{code}001002",
        f" {code} ",
        f"{code}.0",
        f"{code}{name}",
        f"{name}({code})",
    ):
        assert read(form) == code, form


@pytest.mark.parametrize(("code", "name", "parent"), COUNTIES)
def test_the_bare_name_of_a_county(code: str, name: str, parent: str) -> None:
    base = SHORT_AUTONOMOUS.get(code, name)[:-1]
    if len(base) == 1:
        assert read(base) == "region_unknown"
        return
    assert read(base) == ("region_ambiguous" if base in AMBIGUOUS_BASES else code)
    assert read(base, PREFECTURES[parent]) == code
    assert read(None, SHORT[parent], base) == code
    assert read(f"{PREFECTURES[parent]}{base}") == code


@pytest.mark.parametrize(
    "change", CHANGES, ids=lambda change: f"{change['old_name']}-{change['effective_date']}"
)
def test_former_names_and_codes_mean_todays_county(change: dict[str, str]) -> None:
    old, code, parent = change["old_name"], change["new_code"], change["prefecture_code"]
    for form in (old, f"{PREFECTURES[parent]}{old}", f"云南省{SHORT[parent]}{old}", change["old_code"]):
        assert read(form) == code, form
    for form in (
        f"{change['old_code']}000000",
        f"{change['old_code']}{old}",
        f"{change['old_code']} {change['new_name']}",
    ):
        assert read(form) == code, form
    assert read(None, PREFECTURES[parent], old) == code
    assert read(old, SHORT[parent]) == code


def test_a_code_in_use_today_is_never_read_as_a_former_one() -> None:
    for region_id, row in REGIONS.items():
        if row["region_level"] not in ("own", "zone"):
            assert read(region_id) == region_id


def test_every_region_resolves_from_each_of_its_names_in_the_frame() -> None:
    for region_id, row in REGIONS.items():
        assert read(row["name_zh"]) == read(row["short_zh"]) == read(region_id) == region_id


# --- single forms -----------------------------------------------------------------------------------

FORMS = """
    楚雄州禄丰县 532302 | 云南省楚雄彝族自治州禄丰县 532302 | 楚雄禄丰 532302 | 禄丰 532302
    532331 532302 | ５３２３３１ 532302 | 532331100201 532302 | ５３０１０２００１００２ 530102
    德宏州潞西市 533103 | 潞西 533103 | 省本级 530000L | 云南省本级 530000L | 云南省省本级 530000L
    省直 530000L | 云南省直 530000L | 省级 530000L | 省直属单位 530000L | 省直机关 530000L
    云南省省级机关 530000L | 530000L 530000L | 云南省 530000 | 云南 530000 | 昆明市本级 530100L
    昆明市市本级 530100L | 昆明本级 530100L | 昆明市直 530100L | 昆明市级 530100L | 昆明市市直 530100L
    昆明市市级机关 530100L | 云南省昆明市本级 530100L | 楚雄州本级 532300L | 楚雄州州本级 532300L
    楚雄彝族自治州本级 532300L | 楚雄州州级 532300L | 德宏州直 533100L | 大理州本级 532900L
    楚雄市本级 532301 | 芒市本级 533103 | 五华区区本级 530102 | 五华区本级 530102 | 墨江县本级 530822
    楚雄市 532301 | 大理市 532901 | 文山市 532601 | 红河县 532529 | 楚雄州 532300 | 大理州 532900
    文山州 532600 | 红河州 532500 | 文山县 532601 | 楚雄楚雄 532301 | 楚雄州楚雄 532301
    大理州大理市 532901 | 红河州红河县 532529 | 文山州文山 532601 | 红河州红河 532529
    云南省大理州大理 532901 | 云县 530922 | 临沧云县 530922 | 芒市 533103 | 德宏州芒市 533103
    宜良 530125 | 彝良 530628 | 昭通彝良 530628 | 昆明宜良 530125 | 滇中新区 530100Z1
    云南滇中新区 530100Z1 | 昆明市滇中新区 530100Z1 | 昆明高新区 530100Z2
    昆明高新技术产业开发区 530100Z2 | 昆明市高新区 530100Z2 | 昆明市高新技术产业开发区 530100Z2
    昆明国家高新技术产业开发区 530100Z2 | 云南省昆明市高新区 530100Z2 | 昆明经开区 530100Z3
    昆明经济技术开发区 530100Z3 | 昆明市经开区 530100Z3 | 昆明市经济技术开发区 530100Z3
    昆明滇池国家旅游度假区 530100Z4 | 滇池国家旅游度假区 530100Z4 | 昆明度假区 530100Z4
    滇池度假区 530100Z4 | 昆明市滇池旅游度假区 530100Z4 | 阳宗海 530100Z5 | 阳宗海风景名胜区 530100Z5
    昆明阳宗海风景名胜区 530100Z5 | 昆明市阳宗海风景名胜区 530100Z5 | 530100z2 530100Z2
    530100Z5 530100Z5 | 怒江僳僳族自治州 533300 | 怒江傈傈族自治州 533300 | 怒江栗僳族自治州 533300
    怒江傈粟族自治州 533300 | 怒江栗粟族自治州 533300 | 维西僳僳族自治县 533423
    迪庆州维西栗粟族自治县 533423 | 猛海县 532822 | 猛腊县 532823 | 孟腊县 532823 | 勐连县 530827
    研山县 532622 | 文山州研山县 532622 | 邱北县 532626 | 宁浪彝族自治县 530724 | 沪水市 533301
    沪水县 533301 | 沪西县 532527 | 录丰市 532302 | 录劝县 530128 | 藤冲市 530581 | 赢江县 533123
    霑益县 530303 | 缓江县 530626 | 照阳区 530602 | 照通市 530600 | 魏山县 532927
    澜沧拉枯族自治县 530828 | 西盟瓦族自治县 530829 | 苍源佤族自治县 530927 | 临苍市 530900
    西畋县 532623 | 寻旬县 530129 | 普耳市 530800 | 兰平县 533325 | 华平县 530723 | 漾鼻县 532922
    麻粟坡县 532624 | 雲南省麗江市 530700 | 麗江市寧蒗縣 530724 | 紅河州瀘西縣 532527 | 德欽縣 533422
    雙江縣 530925 | 鎮雄縣 530627 | 墨江哈尼自治县 530822 | 墨江自治县 530822 | 墨江哈尼族县 530822
    墨江 530822 | 双江自治县 530925 | 双江拉祜族自治县 530925 | 双江拉祜族佤族自治县 530925
    双江佤族拉祜族布朗族傣族自治县 530925 | 红河彝族哈尼族自治州 532500 | 红河哈尼族自治州 532500
    德宏景颇族傣族自治州 533100 | 文山苗族壮族自治州 532600 | 镇沅县 530825 | 元江自治县 530428
    怒江傈僳族州 533300 | 楚雄自治州 532300 | 版纳 532800 | 西双版纳 532800 | 版纳州勐海县 532822
    西双版纳景洪市 532801 | 中甸县 533401 | 路南彝族自治县 530126 | 翠云区 530802 | 思茅地区 530800
    思茅 530802 | 普洱哈尼族彝族自治县 530821 | 香格里拉 533401 | 香格里拉县 533401
    云南省·昆明市·五华区 530102 | 云南省/昆明市/五华区 530102 | 昆明市，五华区 530102
    【五华区】 530102 | 五华区（昆明市） region_unknown | 昆明市（五华区） 530102 | "五华区" 530102
    530102-五华区 530102
"""
PAIRS = [cell.split() for line in FORMS.strip().splitlines() for cell in line.split("|")]


@pytest.mark.parametrize(("form", "meaning"), PAIRS)
def test_a_form_and_its_meaning(form: str, meaning: str) -> None:
    assert read(form) == meaning


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ("　五 华 区　", "530102"),
        ("昆明市 五华区", "530102"),
        ("昆明市　　五华区\n", "530102"),
        ("云 县", "530922"),
        ("\t宜\u00a0良\u200b县", "530125"),
        ("\ufeff德宏州", "533100"),
        ("５３０１　０２", "530102"),
        ("530,102", "530102"),
        ("昆明市\u3000本级", "530100L"),
    ],
)
def test_spaces_and_full_width_signs_are_no_part_of_a_name(form: str, code: str) -> None:
    assert read(form) == code


# --- columns ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("region", "prefecture", "county", "meaning"),
    [
        (None, "楚雄州", "楚雄", "532301"),
        ("楚雄", "楚雄州", None, "532301"),
        ("楚雄", "楚雄", None, "532301"),
        ("红河", "红河州", None, "532529"),
        (None, "红河", "红河", "532529"),
        (None, "大理", "大理", "532901"),
        (None, "大理", None, "532900"),
        ("楚雄", None, "禄丰", "532302"),
        (None, "楚雄", "禄丰县", "532302"),
        ("楚雄", None, "楚雄市", "532301"),
        ("楚雄州", None, "楚雄", "532301"),
        ("楚雄", "云南省", None, "region_ambiguous"),
        (None, None, "楚雄", "region_ambiguous"),
        (None, "云南省", "五华区", "530102"),
        (None, "云南省", None, "530000"),
        (None, "云南省", "本级", "530000L"),
        (None, "云南省", "省本级", "530000L"),
        (None, "省本级", None, "530000L"),
        (None, "省直", "", "530000L"),
        (None, "昆明市", "昆明市本级", "530100L"),
        (None, "昆明市", "昆明市", "530100"),
        (None, "昆明市本级", None, "530100L"),
        ("昆明市", "市本级", None, "530100L"),
        (None, "楚雄州本级", "州本级", "532300L"),
        ("昆明市", None, "市本级", "530100L"),
        ("五华区", None, "区本级", "530102"),
        ("五华区", None, "本级", "530102"),
        (None, "昆明市", "高新区", "530100Z2"),
        ("高新技术产业开发区", "昆明", None, "530100Z2"),
        ("经开区", "昆明市", None, "530100Z3"),
        (None, "昆明市", "度假区", "530100Z4"),
        (None, "昆明市", "滇中新区", "530100Z1"),
        (None, "怒江僳僳族自治州", "泸水县", "533301"),
        (None, "530100", "五华区", "530102"),
        (None, "昆明市", "530102", "530102"),
        ("530102", "昆明市", "五华区", "530102"),
        (None, "芒市", None, "533103"),
        (None, "德宏州", "潞西市", "533103"),
        (None, "文山州", "文山县", "532601"),
        (None, "普洱市", "思茅市", "530802"),
        # texts that contradict each other
        (None, "昆明市", "禄丰县", "region_conflict"),
        ("禄丰市", "昆明市", None, "region_conflict"),
        ("五华区", None, "盘龙区", "region_conflict"),
        (None, "楚雄市", "禄丰市", "region_conflict"),
        (None, "昆明市", "曲靖市", "region_conflict"),
        (None, "昆明市", "省本级", "region_conflict"),
        (None, "昆明市", "州本级", "region_conflict"),
        (None, "楚雄州", "市本级", "region_conflict"),
        (None, "曲靖市", "滇中新区", "region_conflict"),
        (None, "昆明市", "彝良县", "region_conflict"),
        (None, "530100", "532302", "region_conflict"),
        # one text that nobody knows spoils the others
        (None, "昆明市", "某某县", "region_unknown"),
        (None, "某某市", "五华区", "region_unknown"),
        (None, "玉溪市", "高新区", "region_unknown"),
        (None, "四川省", "五华区", "region_unknown"),
    ],
)
def test_columns_together(
    region: str | None, prefecture: str | None, county: str | None, meaning: str
) -> None:
    assert read(region, prefecture, county) == meaning


# --- refusals and candidates ------------------------------------------------------------------------


@pytest.mark.parametrize(("base", "both"), AMBIGUOUS_BASES.items())
def test_a_bare_name_of_both_levels_is_ambiguous_with_both_candidates(
    base: str, both: tuple[str, str]
) -> None:
    for form in (base, f"云南省{base}", f" {base} "):
        assert read(form) == "region_ambiguous"
        assert candidate_ids(form) == list(both)


def test_an_own_level_word_alone_is_ambiguous() -> None:
    for word in ("市本级", "州本级", "本级", "市直", "州级", "州（市）本级"):
        assert read(word) == "region_ambiguous"
        assert len(candidate_ids(word)) == 3
    assert candidate_ids("市本级")[0] == "530100L"
    assert candidate_ids("州本级")[0] == "532300L"
    assert candidate_ids("本级")[0] == "530000L"
    assert read("楚雄本级") == "region_ambiguous"


def test_a_zone_kind_alone_is_ambiguous_because_other_prefectures_have_one() -> None:
    for word, zone in [("高新区", "530100Z2"), ("经济技术开发区", "530100Z3"), ("旅游度假区", "530100Z4")]:
        assert read(word) == read(word, "云南省") == "region_ambiguous"
        assert candidate_ids(word) == [zone]


def test_an_alias_of_two_regions_is_ambiguous() -> None:
    assert read("思茅市") == "region_ambiguous"
    assert candidate_ids("思茅市") == ["530800", "530802"]


@pytest.mark.parametrize(
    "parts", [("昆明市禄丰县",), ("云南省曲靖市五华区",), ("530103五华区",), ("昆明市楚雄州",)]
)
def test_a_text_that_contradicts_itself_is_a_conflict(parts: tuple[str]) -> None:
    assert read(*parts) == "region_conflict"


def test_a_conflict_names_the_region_that_lies_elsewhere() -> None:
    assert candidate_ids(None, "昆明市", "禄丰县") == ["532302"]
    assert candidate_ids("昆明市禄丰县") == ["532302"]
    assert candidate_ids(None, "昆明市", "州本级") == ["530100L"]


@pytest.mark.parametrize("nothing", [None, "", " ", "　", "\t\n", "-", "—", "/", "……", "()", "\u200b"])
def test_no_text_is_empty(nothing: str | None) -> None:
    assert read(nothing) == read(nothing, nothing, nothing) == "region_empty"
    assert read(nothing, "昆明市", nothing) == "530100"


UNKNOWN = """
    北京市 110000 110101 成都市 四川省 贵州省毕节市 999999 53 5301 53010 5301021 53.0102 530100X 全省
    合计 小计 不详 其他 无 某县 县 市 云 市辖区 红河市 昆明州 蒙自区 德钦市 宜梁县 江城区
    昆明市五华区华山街道 Kunming 昆明市公安局 玉溪高新区 云南省高新区 530101
"""


@pytest.mark.parametrize("text", UNKNOWN.split())
def test_unknown_texts_are_refused(text: str) -> None:
    assert read(text) == "region_unknown"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("宜梁县", ["530125", "530628"]),
        ("夷良县", ["530125", "530628"]),
        ("昆明市宜梁县", ["530125"]),
        ("红河市", ["532500", "532529"]),
        ("蒙自区", ["532503"]),
        ("德钦市", ["533422"]),
        ("五花区", ["530102"]),
        ("大里市", ["532901"]),
        ("昆明市五华区华山街道", ["530102"]),
        ("成贡区", ["530114"]),
        ("露水市", ["533301"]),
        ("镇源县", ["530825"]),
        ("530101", ["530100"]),
        ("530199", ["530100"]),
    ],
)
def test_unknown_texts_come_with_the_nearest_first(text: str, expected: list[str]) -> None:
    assert read(text) == "region_unknown"
    assert sorted(candidate_ids(text)[: len(expected)]) == sorted(expected)
    assert candidate_ids(text)[0] in expected


def test_a_known_prefecture_draws_the_candidates_to_itself() -> None:
    assert candidate_ids("宜梁县", "昭通市")[0] == "530628"
    assert candidate_ids("宜梁县", "昆明市")[0] == "530125"


@pytest.mark.parametrize("text", ["北京市", "110000", "成都市", "合计", "Kunming"])
def test_what_is_like_nothing_here_has_no_candidates(text: str) -> None:
    assert candidate_ids(text) == []


# --- properties -------------------------------------------------------------------------------------

SPACES = st.sampled_from(["", "", " ", "　", "\u00a0", "\t", "\u200b"])
NAMES = st.sampled_from(
    [(i, name) for i, row in REGIONS.items() for name in {row["name_zh"], row["short_zh"], i}]
)
FULL_WIDTH = {character: character + 0xFEE0 for character in range(ord("!"), ord("~"))}
PIECES = st.sampled_from(
    [
        "云南省",
        "昆明",
        "楚雄",
        "州",
        "市",
        "县",
        "本级",
        "省",
        "直",
        "高新区",
        "530102",
        "12",
        "彝",
        "族",
        " ",
    ]
)


@given(NAMES, st.lists(SPACES, min_size=40, max_size=40), st.booleans())
@settings(deadline=None)
def test_spaces_and_full_width_never_change_the_meaning(
    name: tuple[str, str], gaps: list[str], wide: bool
) -> None:
    region_id, text = name
    text = text.translate(FULL_WIDTH) if wide else text
    spaced = "".join(gap + character for gap, character in zip(gaps, text, strict=False)) + gaps[-1]
    assert read(spaced) == region_id


@given(*[st.none() | st.text(max_size=80) | st.lists(PIECES, max_size=12).map("".join)] * 3)
@settings(deadline=None, max_examples=300)
def test_any_text_gets_an_answer_in_the_frame(
    region: str | None, prefecture: str | None, county: str | None
) -> None:
    answer = RESOLVER.resolve(region, prefecture, county)
    assert answer.reason in (None, "region_empty", "region_unknown", "region_ambiguous", "region_conflict")
    assert (answer.region_id in REGIONS) == (answer.reason is None)
    assert len(candidate_ids(region, prefecture, county)) <= 3
    assert answer == resolver.Resolver().resolve(region, prefecture, county)


@given(NAMES, NAMES)
@settings(deadline=None)
def test_two_columns_give_the_deeper_one_or_a_conflict(
    upper: tuple[str, str], lower: tuple[str, str]
) -> None:
    lineage = {region for unit, region in frame.rollup().iter_rows() if unit == lower[0]} | {
        lower[0],
        REGIONS[lower[0]]["parent_id"] or lower[0],
        "530000",
    }
    if upper[0] in lineage:
        assert read(None, upper[1], lower[1]) == lower[0]
    else:
        assert read(None, upper[1], lower[1]) in (upper[0], "region_conflict")


# --- speed ------------------------------------------------------------------------------------------


def test_a_resolver_is_made_and_asked_quickly() -> None:
    started = time.perf_counter()
    fresh = resolver.Resolver()
    assert time.perf_counter() - started < 0.2 * 3  # three times the aim, for a busy machine
    chance = random.Random(7)
    names = [row["name_zh"] for row in REGIONS.values()]
    texts = [f"{chance.choice(names)[:-1]}{chance.choice('乡镇某甲乙')}{n}" for n in range(1000)]
    started = time.perf_counter()
    for text in texts:
        fresh.resolve(text)
    assert time.perf_counter() - started < 5
