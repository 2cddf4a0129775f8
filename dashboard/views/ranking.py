"""区域排名: the index of a level on its tabs; who is not ranked; key facts."""

import streamlit as st

from dashboard import cards, funnel_boxes, ranking_boxes, stability_boxes, tabs
from dashboard.here import here
from dashboard.markup import escape
from dashboard.wording import ranking_cards as ranking
from dashboard.wording import ranking_watch

at = here()
text = at.text

if at.has("mart.ranking"):
    sentence = cards.kept(at, "lede", lambda: ranking.lede(at))
    st.html(f'<p class="zx-lede">{escape(sentence)}</p>')
    ranking_boxes.draw(at)
    order = at.selection.order
    tab_codes = ("chart", "table", "change", "funnel", "stability", "watch")
    labels = {name: text(f"ranking.tab_{name}") for name in tab_codes}
    chosen, place = tabs.choose(at, labels)
    with place:
        if chosen == "table":
            cards.show(at, "board", ranking.table, order)
        elif chosen == "watch":
            cards.show(at, "watch", ranking_watch.card)
        elif chosen == "funnel":
            funnel_boxes.draw(at)
        elif chosen == "stability":
            stability_boxes.draw(at)
        elif chosen == "change" and at.level == "prefecture":
            left, right = st.columns(2, gap="small")
            with left:
                cards.show(at, "bump", ranking.bump, select=ranking_boxes.mark)
            with right:
                cards.show(at, "movers", ranking.movers, order, select=ranking_boxes.mark)
        else:
            left, right = st.columns([62, 38], gap="small")
            name, make = ("places", ranking.places) if chosen == "chart" else ("movers", ranking.movers)
            with left:
                cards.show(at, name, make, order, select=ranking_boxes.mark)
            with right:
                cards.show(at, "facts", ranking.facts, height="content")
                ranking_boxes.compare(at)
    cards.show(at, "apart", ranking.apart)
else:
    cards.empty(text, text("ranking.no_tables"), text("ranking.no_tables_do"))
