"""Invented public bodies: generic names (「某县交通运输局」) and unified credit codes that nobody holds.

A code has the form of GB 32100 (registration department 1, the region's six digits, a valid check
character), but its organisation part starts with XN, a prefix that has not been issued.
"""

from __future__ import annotations

CHARSET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: no I, O, S, V, Z
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714

COUNTY_OFFICES = (
    "交通运输局",
    "住房和城乡建设局",
    "自然资源局",
    "教育体育局",
    "财政局",
    "水务局",
    "农业农村局",
    "人力资源和社会保障局",
    "卫生健康局",
    "发展和改革局",
    "民政局",
    "林业和草原局",
    "文化和旅游局",
    "市场监督管理局",
    "应急管理局",
    "工业商务和科技信息化局",
    "综合行政执法局",
    "审计局",
    "统计局",
    "司法局",
    "医疗保障局",
    "退役军人事务局",
    "投资促进局",
    "政务服务管理局",
    "乡村振兴局",
    "信访局",
    "机关事务服务中心",
    "公共资源交易中心",
    "城市建设服务中心",
    "公路养护中心",
    "土地储备中心",
    "搬迁安置办公室",
    "人民医院",
    "中医医院",
    "疾病预防控制中心",
    "妇幼保健院",
    "融媒体中心",
    "图书馆",
    "文化馆",
    "水利工程管理站",
)
STEMS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
AUTHORITIES = ("局", "厅", "人民政府", "街道办事处", "办公室")  # 机关; the others are 事业单位
GENERIC = {"市辖区": "某区", "县级市": "某市", "县": "某县", "自治县": "某自治县"}
OWN = {"530000": "某省"}


def place(kind: str, unit: str, prefecture_name: str) -> str:
    """The generic name of a unit: 某县, 某市, 某州, 某省, 某功能区."""
    if unit.endswith("L"):
        return OWN.get(unit[:6], "某州" if prefecture_name.endswith("州") else "某地级市")
    return GENERIC.get(kind, "某功能区")


def body_name(place_name: str, number: int, townships: int) -> str:
    """The name of body `number` (0-based) of a place: offices first, then townships, then schools."""
    if number < len(COUNTY_OFFICES):
        office = COUNTY_OFFICES[number]
        is_department = place_name == "某省" and office.endswith("局")
        return place_name + (office[:-1] + "厅" if is_department else office)
    number -= len(COUNTY_OFFICES)
    if number < townships:
        kind = "街道办事处" if number == 0 else "镇人民政府" if number % 3 else "乡人民政府"
        return f"{place_name}{STEMS[number]}{kind}"
    return f"{place_name}第{number - townships + 1}{'中学' if number % 2 else '小学'}"


def village_name(place_name: str, number: int) -> str:
    """The name of a village committee (outside gov_bodies)."""
    return f"{place_name}{STEMS[number % len(STEMS)]}村村民委员会"


def credit_code(unit: str, number: int, name: str) -> str:
    """An 18-character code of body `number` of a unit, valid in form and check characters."""
    category = "1" if name.endswith(AUTHORITIES) else "2"
    organisation = _organisation(unit, number)
    body = f"1{category}{unit[:6]}{organisation}"
    total = sum(CHARSET.index(letter) * pow(3, place, 31) for place, letter in enumerate(body))
    return body + CHARSET[(31 - total % 31) % 31]


def _organisation(unit: str, number: int) -> str:
    """Nine characters after GB 11714: XN, the unit's suffix and the number in base 31, a check character."""
    suffix = {"": 0, "L": 1, "Z1": 2, "Z2": 3, "Z3": 4, "Z4": 5, "Z5": 6}[unit[6:]]
    digits = ""
    value = suffix * 10_000 + number
    for _ in range(6):
        value, rest = divmod(value, 31)
        digits = CHARSET[rest] + digits
    body = "XN" + digits
    total = sum(_value(letter) * weight for letter, weight in zip(body, ORGANISATION_WEIGHTS, strict=True))
    check = 11 - total % 11
    return body + {10: "X", 11: "0"}.get(check, str(check))


def _value(letter: str) -> int:
    return int(letter) if letter.isdigit() else ord(letter) - ord("A") + 10
