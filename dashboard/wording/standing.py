"""How sure a region's place is, in words: score and rank with intervals, tier, trend; what stands beside.

All of it holds for the latest twelve months alone (mart.rank_interval); of other windows the words say so.
"""

from typing import Any

from dashboard.here import Here
from dashboard.i18n import Text
from dashboard.markup import escape

Row = dict[str, Any]
TABLES = ("mart.rank_interval", "mart.level_certainty", "mart.attention", "ref.prior")
FLAGS = ("debt_ratio", "interest_burden", "over_limit", "debtor_listed", "fallen")


def row(at: Here, kind: str, region_id: str) -> Row | None:
    """Return the region's row of mart.rank_interval; None of another window, or where it has no index."""
    if not at.has("mart.rank_interval"):
        return None
    rows = at.part("mart.rank_interval", region_id=region_id, window_kind=kind, period=at.period)
    found = rows.row(0, named=True) if rows.height else None
    return found if found and found["index_score"] is not None else None


def level(at: Here, region_level: str) -> Row:
    """Return what mart.level_certainty says of the index of a level."""
    rows = at.part("mart.level_certainty", region_level=region_level, node="index")
    return rows.row(0, named=True)


def score(found: Row, text: Text) -> str:
    """Return the index with its interval: 73.7分(90%区间53.2—82.1)."""
    words = {key: f"{found[key]:.1f}" for key in ("lower", "upper")}
    return text("standing.score", score=f"{found['index_score']:.1f}", **words)


def interval(found: Row, text: Text) -> str:
    """Return the interval of the index: 90%区间53.2—82.1."""
    return text("standing.interval", **{key: f"{found[key]:.1f}" for key in ("lower", "upper")})


def places(found: Row, text: Text) -> str:
    """Return the place and those that cannot be told from it, as short as a table needs it: 73(1–116)."""
    return text("standing.places", rank=found["rank"], low=found["own_lower"], high=found["own_upper"])


def rank(found: Row, count: int, text: Text) -> str:
    """Return the place with the places that cannot be told from it: 第3位(第2—7位差异不显著)."""
    low, high = found["own_lower"], found["own_upper"]
    if (low, high) == (1, count):
        return text("standing.rank_any", rank=found["rank"], n=count)
    if low == high:
        return text("standing.rank_sure", rank=found["rank"], n=count)
    return text("standing.rank", rank=found["rank"], low=low, high=high, n=count)


def few_apart(at: Here, region_level: str) -> bool:
    """Say whether so few pairs of a level can be told apart that this must be said first."""
    share = level(at, region_level)["separated"]
    least = at.frame("ref.uncertainty_parameter")["least_separated_pct"][0]
    return share is None or 100 * share < least


def tier(at: Here, found: Row) -> str:
    """Return the tier in words, or that the level has none because nobody can be told apart."""
    text, region_level = at.text, found["region_level"]
    words = {"n": level(at, region_level)["ranked_count"], "level": text(f"ranking.level_{region_level}")}
    if not level(at, region_level)["separated"]:
        return text("standing.tier_none", **words)
    name = tier_name(found, text)
    return text("standing.tier_few", name=name, **words) if few_apart(at, region_level) else name


def tier_name(found: Row, text: Text) -> str:
    """Return what a tier is called."""
    return text("standing.tier", n=text.code("standing.numeral", str(found["tier"])))


def tier_short(at: Here, found: Row) -> str:
    """Return the tier for a table, or that nobody of the level can be told apart."""
    if not level(at, found["region_level"])["separated"]:
        return at.text("standing.tier_no")
    return tier_name(found, at.text)


def trend_short(found: Row, text: Text) -> str:
    """Return the word of the trend for a table."""
    return text(f"standing.word_{found['trend']}")


def trend(found: Row | None, text: Text) -> str:
    """Return the word of the trend against the twelve months before."""
    return text(f"standing.trend_{found['trend'] if found else 'unknown'}")


def flags(at: Here, region_id: str) -> list[str]:
    """Return the facts of a region that call for a look, outside the score, each with its limit."""
    if not at.has("mart.attention"):
        return []
    rows = {one["flag"]: one for one in at.part("mart.attention", region_id=region_id).to_dicts()}
    return [_flag(rows[flag], at.text) for flag in FLAGS if flag in rows]


def flags_short(at: Here, region_id: str) -> list[str]:
    """Return the same facts in a few words, without their limits."""
    rows = {one["flag"]: one for one in at.part("mart.attention", region_id=region_id).to_dicts()}
    return [_flag(rows[flag], at.text, "short") for flag in FLAGS if flag in rows]


def _flag(found: Row, text: Text, form: str = "flag") -> str:
    numbers = {
        "value": f"{found['value']:.1f}",
        "n": f"{found['value']:.0f}",
        "reached": f"{found['reached']:g}",
    }
    return text(f"standing.{form}_{found['flag']}", month=text.month(found["period"]), **numbers)


def flag_line(at: Here, region_id: str) -> str:
    """Return the flags as a line of HTML, and that there is none where they are known."""
    if not at.has("mart.attention"):
        return ""
    said = at.text("standing.stop").join(flags(at, region_id)) or at.text("standing.no_flag")
    return f'<p class="zx-flags"><b>{escape(at.text("standing.flags"))}</b> {escape(said)}</p>'


# --- what stands beside the score ---------------------------------------------------------------------------


def guards(at: Here, ranking: Row | None, region_id: str) -> list[tuple[str, str]]:
    """Return what keeps a score honest, as name and sentence; see METHOD 5, last sentence."""
    text = at.text
    found = [
        (text("standing.nil"), _nil(at, region_id)),
        (text("standing.zeros"), _zeros(at, region_id)),
        (text("standing.revoked"), _revoked(at, region_id)),
    ]
    if ranking and ranking["index_score"] is not None:
        found.append((text("standing.raw"), _raw(ranking, text)))
        found.append((text("ranking.without_debt"), _without_debt(ranking, text)))
    return [(name, said) for name, said in found if said]


def _nil(at: Here, region_id: str) -> str:
    """How many months were signed as without any record, by source."""
    if not at.has("mart.nil_return"):
        return ""
    rows = at.part("mart.nil_return", region_id=region_id).sort("source").to_dicts()
    parts = [
        at.text(
            "standing.nil_of",
            source=at.text.code("source", one["source"]),
            signed=one["months_signed"],
            nil=one["months_nil"],
        )
        for one in rows
        if one["months_signed"]
    ]
    return at.text("standing.then").join(parts) or at.text("standing.nil_none")


def _zeros(at: Here, region_id: str) -> str:
    """The zeros that are hardly probable, or how many zeros were looked at."""
    if not at.has("mart.improbable_zero"):
        return ""
    text, rows = at.text, at.part("mart.improbable_zero", region_id=region_id)
    names = {one["indicator_id"]: text.of(one, "name") for one in at.frame("ref.indicator").to_dicts()}
    odd = rows.filter("improbable").sort("probability").to_dicts()
    if not odd:
        return text("standing.zeros_none", n=rows.height)
    return text("standing.then").join(
        text(
            "standing.zero",
            name=names[one["indicator_id"]],
            expected=f"{one['expected']:.1f}",
            probability=f"{one['probability']:.3f}",
        )
        for one in odd
    )


def _revoked(at: Here, region_id: str) -> str:
    """The failure rate with revoked records counted back in."""
    if not at.has("mart.revoked_rate"):
        return ""
    rows = at.part("mart.revoked_rate", region_id=region_id).to_dicts()
    if not rows:
        return at.text("standing.revoked_none")
    one = rows[0]
    if one["failure_rate"] is None or one["rate_with_revoked"] is None:
        return at.text("standing.revoked_unknown", n=one["revoked_events"])
    rates = {key: f"{one[key]:.2f}" for key in ("failure_rate", "rate_with_revoked")}
    return at.text("standing.revoked_of", n=one["revoked_events"], **rates)


def _raw(ranking: Row, text: Text) -> str:
    """The index before small numbers are drawn to what is usual."""
    if ranking["raw_index_score"] is None:
        return ""
    return text("standing.raw_of", score=f"{ranking['raw_index_score']:.1f}", rank=ranking["raw_rank"])


def _without_debt(ranking: Row, text: Text) -> str:
    if ranking["index_without_debt"] is None:
        return ""
    score = f"{ranking['index_without_debt']:.1f}"
    return text("county.without_debt", score=score, rank=ranking["rank_without_debt"])
