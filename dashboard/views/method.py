"""方法说明: indicators, weights, rules, terms and inputs, all from the snapshot on screen."""

import streamlit as st

from dashboard.here import here
from dashboard.markup import escape, paragraph
from dashboard.wording import method as wording
from dashboard.wording import method_backtest as backtest
from dashboard.wording import method_coverage as coverage
from dashboard.wording import method_models as models
from dashboard.wording import method_priors as priors
from dashboard.wording import method_worked as worked

at = here()
text, load, method = at.text, at.snapshot.frame, at.snapshot.method
indicators = load("ref.indicator").sort("sort_order")
cards = "".join(wording.card(row, method, text) for row in indicators.iter_rows(named=True))
sections = {
    "principles": wording.principles(text),
    "indicators": wording.glance(indicators, method, text),
    "cards": f'<div class="zx-cards">{cards}</div>',
    "weights": wording.dimensions(indicators, method, text),
    "index": models.index(at),
    "worked": worked.section(at),
    "coverage": coverage.section(at),
    "priors": priors.section(at),
    "peer_groups": priors.groups(at),
    "warning": models.warning(at),
    "backtest": backtest.section(at),
    "unsaid": priors.not_said(at),
    "parameters": wording.parameters(method, text),
    "rules": wording.rules(load("ref.rule"), text),
    "glossary": wording.glossary(load("ref.glossary"), text),
    "inputs": wording.inputs(load("ref.source"), at.snapshot.manifest, text),
    "credits": wording.credits(text),
}
sections = {key: body for key, body in sections.items() if body}
links = "".join(f'<a href="#{key}">{escape(text(f"method.{key}"))}</a>' for key in sections)
intro = text("method.intro", method=method.get("id", ""), snapshot=at.snapshot.id[:12])
st.html(f'<h2 class="zx-page">{escape(text("method.title"))}</h2>{paragraph(intro, "zx-intro")}')
st.html(f'<nav class="zx-toc" aria-label="{escape(text("method.toc"))}">{links}</nav>')
for key, body in sections.items():
    with st.container(border=key != "cards", key=f"section_{key}"):
        st.html(f'<h2 class="zx-finding" id="{key}">{escape(text(f"method.{key}"))}</h2>{body}')
