"""首页: the sentence, the tile map of the prefectures, the area's key figures, and what is missing."""

from datetime import date

import streamlit as st

from dashboard import cards
from dashboard.charts import tile_map
from dashboard.here import Here, here
from dashboard.markup import escape
from dashboard.queries import gaps, overview
from dashboard.wording import missing
from dashboard.wording import overview as wording

at = here()


def lede(at: Here) -> str:
    """The opening sentence."""
    counts = gaps.reporting(at.frame("mart.reporting"), *at.months)
    spans = gaps.missing_spans(at.frame("mart.missing_report"), at.regions, *at.months)
    late = [span for span in spans if span["state"] != "late"]
    rate = 100 * counts["on_time"] / counts["due"] if counts["due"] else None
    province = overview.key_figures(at.window(), at.frame("ref.indicator"))
    as_of = at.text.day(date.fromisoformat(at.snapshot.manifest["as_of"]))
    return wording.lede(as_of, at.label, province, late, rate, at.text)


def tiles(at: Here) -> cards.Card:
    """The tile map."""
    text, window, indicators = at.text, at.window(), at.frame("ref.indicator")
    chosen = overview.map_indicator(window)
    tiles = overview.tiles(window, at.regions, at.frame("ref.tile"), indicators, chosen)
    limits, decimals = overview.breaks(tiles["value"]), overview.decimals(chosen)
    tiles = overview.classify(tiles, limits, decimals)
    row = overview.one(overview.key_figures(window, indicators, at.area_id), chosen)
    instead = wording.map_instead(overview.key_figures(window, indicators), chosen, text)
    return cards.Card(
        title=wording.map_title(tiles, text.of(row, "name"), text),
        unit=text.of(row, "unit"),
        period=at.label,
        areas=text("map.areas"),
        body=f'<p class="zx-inline">{escape(instead)}</p>' if instead else "",
        chart=tile_map.figure(tiles, text, at.area_id),
        below=cards.map_legend(limits, decimals, tiles["value"].null_count() > 0, text),
        table=wording.map_table(tiles, text.of(row, "name"), text),
        note=text("map.note"),
    )


def figures(at: Here) -> cards.Card:
    """The key figures of the area."""
    text, window, indicators = at.text, at.window(), at.frame("ref.indicator")
    mine = overview.key_figures(window, indicators, at.area_id)
    spread = overview.spread(window, indicators, at.regions)
    return cards.Card(
        title=wording.figures_title(mine, at.area_name, text),
        period=at.label,
        areas=at.area_name,
        body=wording.figures_table(mine, spread, at.area_name, text),
        table=wording.spread_table(spread, text("figures.twin"), text),
        note=text("figures.note") + (text("figures.note_r12") if at.kind == "r12" else ""),
    )


def absent(at: Here) -> cards.Card:
    """What is missing."""
    text, first_last = at.text, at.months
    counts = gaps.reporting(at.frame("mart.reporting"), *first_last)
    spans = gaps.missing_spans(at.frame("mart.missing_report"), at.regions, *first_last)
    nothing = gaps.absent_sources(at.frame("ref.source"), at.snapshot.manifest)
    undated = gaps.undated(at.frame("mart.undated"), at.area_id)
    blocked = gaps.blocked(overview.key_figures(at.window(), at.frame("ref.indicator"), at.area_id))
    by_source = gaps.reporting_by_source(at.frame("mart.reporting"), *first_last)
    left_out = gaps.left_out(at.frame("mart.left_out"), at.area_id)
    return cards.Card(
        title=missing.title(counts, undated, nothing, blocked, text),
        period=at.label,
        areas=text("gaps.areas", area=at.area_name),
        body=missing.panel(by_source, spans, undated, left_out, nothing, blocked, text),
    )


sentence = cards.kept(at, "lede", lambda: lede(at))
st.html(f'<p class="zx-lede">{escape(sentence)}</p>')
left, right = st.columns([46, 54], gap="small")
with left:
    cards.show(at, "map", tiles)
with right:
    cards.show(at, "figures", figures)
cards.show(at, "gaps", absent)
