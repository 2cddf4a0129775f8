"""首页: the sentence, the tile map of the prefectures, the province's key figures, and what is missing."""

from datetime import date

import streamlit as st

from dashboard import cards
from dashboard.charts import style, tile_map
from dashboard.frame import here
from dashboard.markup import escape
from dashboard.queries import gaps, overview
from dashboard.wording import missing
from dashboard.wording import overview as wording

at = here()
text, load, window = at.text, at.snapshot.frame, at.window()
regions, indicators = load("ref.region"), load("ref.indicator")
figures = overview.key_figures(window, indicators, at.area_id)
province = overview.key_figures(window, indicators)
spread = overview.spread(window, indicators, regions)
counts = gaps.reporting(load("mart.reporting"), *at.months)
spans = gaps.missing_spans(load("mart.missing_report"), regions, *at.months)
late = [span for span in spans if span["state"] != "late"]

rate = 100 * counts["on_time"] / counts["due"] if counts["due"] else None
as_of = text.day(date.fromisoformat(at.snapshot.manifest["as_of"]))
st.html(f'<p class="zx-lede">{escape(wording.lede(as_of, at.label, province, late, rate, text))}</p>')

left, right = st.columns([46, 54], gap="small")
with left:
    chosen = overview.map_indicator(window)
    tiles = overview.tiles(window, regions, load("ref.tile"), indicators, chosen)
    limits, decimals = overview.breaks(tiles["value"]), overview.decimals(chosen)
    tiles = overview.classify(tiles, limits, decimals)
    row = overview.one(figures, chosen)
    title = wording.map_title(tiles, text.of(row, "name"), text)
    meta = (text("map.unit", unit=text.of(row, "unit")), at.label, text("map.areas"))
    with cards.card("map", title, meta):
        if instead := wording.map_instead(province, chosen, text):
            st.html(f'<p class="zx-inline">{escape(instead)}</p>')
        figure = tile_map.figure(tiles, text, at.area_id)
        st.plotly_chart(figure, key=f"map_{text.lang}", theme=None, config=style.CONFIG, alt=title)
        st.html(cards.map_legend(limits, decimals, tiles["value"].null_count() > 0, text))
        cards.twin(text("table.open"), wording.map_table(tiles, title, text), text("map.note"))
title = wording.figures_title(figures, at.area_name, text)
with right, cards.card("figures", title, (at.label, at.area_name)):
    st.html(wording.figures_table(figures, spread, at.area_name, text))
    note = text("figures.note") + (text("figures.note_r12") if at.kind == "r12" else "")
    cards.twin(text("figures.twin"), wording.spread_table(spread, text("figures.twin"), text), note)

nothing = gaps.absent_sources(load("ref.source"), at.snapshot.manifest)
undated, blocked = gaps.undated(load("mart.undated"), at.area_id), gaps.blocked(figures)
title = missing.title(counts, undated, nothing, blocked, text)
with cards.card("gaps", title, (at.label, text("gaps.areas", area=at.area_name))):
    by_source = gaps.reporting_by_source(load("mart.reporting"), *at.months)
    left_out = gaps.left_out(load("mart.left_out"), at.area_id)
    st.html(missing.panel(by_source, spans, undated, left_out, nothing, blocked, text))
