"""Code names: what the regions of a synthetic snapshot are called wherever its numbers leave the house.

示例A州 … 示例P州 in the order of codes, 示例A01县 … within each. The names stand in ref.region; `named` puts
them in the place of the real ones, so that whatever is made from that frame (title, chart, table) carries
them by itself. `mask` then sweeps the finished words for names that came in by another way (names of bodies,
document numbers).
"""

import re
from collections import Counter
from collections.abc import Callable

import polars as pl

_CODE = re.compile(r"(?<!\d)53\d{4}(?!\d)")
_BODY_CODE = re.compile(r"(?<![0-9A-Z])[0-9A-Z]{2}53\d{4}[0-9A-Z]{10}(?![0-9A-Z])")
# A name of one character (芒) would hit ordinary words.
_SHORTEST = 2


def named(regions: pl.DataFrame, coded: bool) -> pl.DataFrame:
    """Return ref.region in display order with the names to show, and `label_id`, the code to show.

    With `coded` the names of every language are the code names, `short_en` is a short one, and nothing
    else tells the place: no pinyin, no former names, no place on the map.
    """
    regions = regions.sort("sort_order")
    if not coded:
        return regions.with_columns(label_id="region_id")
    nothing = [
        pl.lit(None, regions.schema[name]).alias(name)
        for name in ("pinyin", "former_names", "label_lon", "label_lat", "population_2020")
        if name in regions.columns
    ]
    return regions.with_columns(
        *nothing,
        name_zh="code_name_zh",
        short_zh="code_name_zh",
        name_en="code_name_en",
        short_en=pl.col("code_name_en").str.strip_prefix("Sample "),
        label_id=pl.col("code_name_zh").str.extract(r"([A-P]\d*)").fill_null("0"),
    )


def masker(regions: pl.DataFrame) -> Callable[[str], str]:
    """Return the function that puts code names in the place of real names and codes within a text.

    `regions` is the snapshot's own ref.region. Longer names go first. A short English name that two regions
    share becomes the name of no place. The province keeps its name: it is in the product's own.
    """
    rows = regions.filter(pl.col("region_level") != "province").to_dicts()
    names: dict[str, str] = {}
    for row in rows:
        former = (row.get("former_names") or "").split("、")
        for name in (row["name_zh"], row["short_zh"], *former):
            names.setdefault(name, row["code_name_zh"])
        if row["region_level"] == "prefecture":
            names.setdefault(row["short_zh"].removesuffix("州"), row["code_name_zh"])
    english = [row for row in rows if row["region_level"] in ("prefecture", "county")]
    uses = Counter(name for row in english for name in {row["name_en"], row["name_en"].split(" ")[0]})
    for row in sorted(english, key=lambda row: row["region_level"] != "prefecture"):
        for name in (row["name_en"], row["name_en"].split(" ")[0]):
            alone = uses[name] == 1 or row["region_level"] == "prefecture"
            names.setdefault(name, row["code_name_en"] if alone else "Sample place")
    known = sorted((name for name in names if len(name) >= _SHORTEST), key=len, reverse=True)
    # Latin names as whole words only: Mile is a county, "miles" is not.
    pattern = re.compile(
        "|".join(rf"\b{re.escape(name)}\b" if name.isascii() else re.escape(name) for name in known)
    )
    codes = dict(regions.select("region_id", "code_name_zh").iter_rows())

    def mask(words: str) -> str:
        words = _BODY_CODE.sub("*" * 18, words)
        words = _CODE.sub(lambda found: codes.get(found[0], found[0]), words)
        return pattern.sub(lambda found: names[found[0]], words)

    return mask
