"""The frame: the province, its prefectures, counties, own-level units and zones as tables.

Everything comes from the files of `pipelines/reference` (see SOURCE.md there). A *unit* is a leaf on
which an event row lands: county, own level (本级, id with `L`) or zone (功能区, id with `Z1`…).
Next: `resolver.py` turns written names into these ids; `pipelines/relations.py` hands the tables to SQL.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import polars as pl

REFERENCE = Path(__file__).resolve().parent.parent / "reference"
PROVINCE = "530000"
UNIT_LEVELS = ("county", "own", "zone")
GEOMETRY_FILES = {"prefecture": "prefectures_lite.geojson", "county": "counties_lite.geojson"}
AUTONOMOUS_TYPES = ("自治州", "自治县")
ETHNIC_GROUPS = (
    *("哈尼", "拉祜", "布朗", "景颇", "傈僳", "独龙", "普米", "纳西"),
    *("彝", "回", "苗", "傣", "佤", "瑶", "壮", "白", "藏", "怒"),
)

SCHEMA = pl.Schema(
    {
        "region_id": pl.String,
        "region_level": pl.String,
        "name_zh": pl.String,
        "short_zh": pl.String,
        "name_en": pl.String,
        "pinyin": pl.String,
        "former_names": pl.String,
        "parent_id": pl.String,
        "type": pl.String,
        "code_name_zh": pl.String,
        "code_name_en": pl.String,
        "sort_order": pl.Int64,
        "population_2020": pl.Int64,
        "is_border": pl.Boolean,
        "is_autonomous": pl.Boolean,
        "label_lon": pl.Float64,
        "label_lat": pl.Float64,
    }
)

Row = dict[str, object]


def reference(name: str) -> pl.DataFrame:
    """One reference CSV as text columns, empty cells null; `name` without the ending."""
    return pl.read_csv(REFERENCE / f"{name}.csv", infer_schema=False)


def regions() -> pl.DataFrame:
    """All 168 regions in display order (province, then each prefecture with its units).

    `pinyin` is the syllables of the name as spoken ("yi liang"), `former_names` earlier ones joined by 、
    (null without). `population_2020` (persons, census) is known for the province and the prefectures
    only; labels (degrees, CGCS2000) only where a polygon exists. `name_en` is not unique: two counties are
    "Yiliang County" (530125, 530628), so join and key on `region_id`.
    """
    return _regions().clone()


def rollup() -> pl.DataFrame:
    """Pairs (unit_id, region_id): each of the 151 units to itself, its prefecture and the province."""
    units = (
        _regions().filter(pl.col("region_level").is_in(UNIT_LEVELS)).select("region_id", "parent_id").rows()
    )
    pairs = {(unit, region) for unit, parent in units for region in (unit, parent, PROVINCE)}
    return pl.DataFrame(sorted(pairs), schema={"unit_id": pl.String, "region_id": pl.String}, orient="row")


def neighbours() -> pl.DataFrame:
    """Pairs (region_id, neighbour_id) that share a border, in both directions, of equal level."""
    one_way = reference("neighbours").select(region_id="region_code", neighbour_id="neighbour_code")
    other_way = one_way.select(region_id="neighbour_id", neighbour_id="region_id")
    return pl.concat([one_way, other_way]).unique().sort("region_id", "neighbour_id")


def tiles() -> pl.DataFrame:
    """The tile map of the 16 prefectures: region_id, tile_row and tile_column, from 1 at the top left."""
    grid = reference("tiles").with_columns(pl.col("tile_row", "tile_column").cast(pl.Int64))
    return grid.sort("region_id")


def geometry(level: str) -> bytes:
    """The GeoJSON of a level ("prefecture" or "county") as stored; feature ids are region ids.

    Raises KeyError for any other level: own-level units and zones have no polygon.
    """
    return (REFERENCE / GEOMETRY_FILES[level]).read_bytes()


def own_unit(region_id: str) -> str:
    """The unit that takes the rows of a region itself: 530100 gives 530100L, a unit gives itself."""
    return f"{region_id}L" if region_id.endswith("00") else region_id


def short_name(name: str, region_type: str) -> str:
    """The customary short form: 昆明市 → 昆明, 德宏傣族景颇族自治州 → 德宏州, 墨江哈尼族自治县 → 墨江县."""
    if region_type in AUTONOMOUS_TYPES:
        return plain_base(name, region_type) + name[-1]
    return name[:-1] if region_type in ("省", "地级市") else name


def plain_base(name: str, region_type: str) -> str:
    """A name without its kind and, if autonomous, without its ethnic groups: 双江…自治县 → 双江."""
    if region_type not in AUTONOMOUS_TYPES:
        return name[:-1]
    base = name.removesuffix(region_type)
    while group := next((g for g in ETHNIC_GROUPS if base.endswith(f"{g}族")), None):
        base = base.removesuffix(f"{group}族")
    return base


@cache
def _regions() -> pl.DataFrame:
    divisions = reference("divisions").filter(pl.col("valid_to").is_null())
    province = divisions.filter(pl.col("level") == "province").row(0, named=True)
    prefectures = divisions.filter(pl.col("level") == "prefecture").sort("code").to_dicts()
    counties = divisions.filter(pl.col("level") == "county").sort("code").to_dicts()
    zones = reference("zones").sort("region_id").to_dicts()
    rows = [*_province_rows(province)]
    for letter, prefecture in zip("ABCDEFGHIJKLMNOP", prefectures, strict=True):
        code = prefecture["code"]
        rows += _prefecture_rows(prefecture, letter)
        rows += _county_rows([c for c in counties if c["parent"] == code], letter)
        rows += _zone_rows([z for z in zones if z["parent_id"] == code], letter)
    return _with_facts(rows)


def _place(division: Row, code_name_zh: str, code_name_en: str) -> Row:
    name, region_type = str(division["name"]), str(division["type"])
    return {
        "region_id": division["code"],
        "region_level": division["level"],
        "name_zh": name,
        "short_zh": short_name(name, region_type),
        "name_en": division["name_en"],
        "parent_id": division["parent"],
        "type": region_type,
        "code_name_zh": code_name_zh,
        "code_name_en": code_name_en,
    }


def _own(place: Row, short_zh: str) -> Row:
    level = place["region_level"]
    return {
        "region_id": f"{place['region_id']}L",
        "region_level": "own",
        "name_zh": f"{place['name_zh']}本级",
        "short_zh": short_zh,
        "name_en": f"{str(place['name_en']).split()[0]} ({level}-level bodies)",
        "parent_id": place["region_id"],
        "type": "本级",
        "code_name_zh": f"{place['code_name_zh']}本级",
        "code_name_en": f"{place['code_name_en']} ({level}-level bodies)",
    }


def _province_rows(division: Row) -> list[Row]:
    place = _place(division, "示例省", "Sample Province")
    return [place, _own(place, "省本级")]


def _prefecture_rows(division: Row, letter: str) -> list[Row]:
    place = _place(division, f"示例{letter}州", f"Sample Prefecture {letter}")
    stem = place["name_zh"] if place["type"] == "地级市" else place["short_zh"]
    return [place, _own(place, f"{stem}本级")]


def _county_rows(divisions: list[Row], letter: str) -> list[Row]:
    return [
        _place(county, f"示例{letter}{number:02d}县", f"Sample County {letter}{number:02d}")
        for number, county in enumerate(divisions, start=1)
    ]


def _zone_rows(zones: list[Row], letter: str) -> list[Row]:
    return [
        zone
        | {
            "region_level": "zone",
            "type": "功能区",
            "code_name_zh": f"示例{letter}州功能区{number}",
            "code_name_en": f"Sample Prefecture {letter} Zone {number}",
        }
        for number, zone in enumerate(zones, start=1)
    ]


def _labels() -> dict[str, tuple[float, float]]:
    features = [feature for level in GEOMETRY_FILES for feature in json.loads(geometry(level))["features"]]
    return {
        str(f["id"]): (f["properties"]["label_point"][0], f["properties"]["label_point"][1]) for f in features
    }


def _former_names() -> dict[str, str]:
    """Earlier names by region, latest first, without forms that differ in their last character only."""
    changes = reference("code_changes").sort("effective_date", descending=True)
    renamed = changes.select("new_code", "old_name").rows()
    aliases = reference("name_aliases").filter(pl.col("kind") == "former").select("region_id", "alias").rows()
    today = dict(reference("divisions").filter(pl.col("valid_to").is_null()).select("code", "name").rows())
    found: dict[str, list[str]] = {}
    for code, name in [*renamed, *aliases]:
        names = found.setdefault(str(code), [])
        # 呈贡县 is found by typing 呈贡, and 路南县 by typing 路南.
        if all(known[:-1] != name[:-1] for known in [*names, today[str(code)]]):
            names.append(name)
    return {code: "、".join(names) for code, names in found.items() if names}


def _with_facts(rows: list[Row]) -> pl.DataFrame:
    population = dict(
        reference("populations").select("region_id", pl.col("population_2020").cast(pl.Int64)).rows()
    )
    border = set(reference("border_counties")["region_id"])
    labels, former = _labels(), _former_names()
    pinyin = dict(reference("pinyin").select("region_id", "pinyin").rows())
    for order, row in enumerate(rows):
        region_id = str(row["region_id"])
        lon, lat = labels.get(region_id, (None, None))
        row |= {
            "sort_order": order,
            "pinyin": pinyin[region_id],
            "former_names": former.get(region_id),
            "population_2020": population.get(region_id),
            "is_border": region_id in border,
            "is_autonomous": row["type"] in AUTONOMOUS_TYPES,
            "label_lon": lon,
            "label_lat": lat,
        }
    return pl.DataFrame([[row[name] for name in SCHEMA] for row in rows], schema=SCHEMA, orient="row")
