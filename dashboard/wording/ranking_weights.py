"""A reader's own weights of the dimensions (`wt` in the address), and the ranks and ranges they give.

The draws of every dimension are made once a snapshot, level and window; other weights only join them anew.
What leaves the page says whose weights they are.
"""

import polars as pl

from dashboard import cache, cards
from dashboard.charts import names, region_rows
from dashboard.charts import stability as chart
from dashboard.here import VALUES, Here
from dashboard.queries import stability as queries
from dashboard.wording import ranking_cards as ranking
from dashboard.wording import ranking_stability as stability

Weights = dict[str, int]


def default(at: Here) -> Weights:
    """Return the method's weights by dimension, in per cent."""
    rows = at.frame("ref.dimension").sort("sort_order").select("dimension", "weight").iter_rows()
    return {name: round(100 * weight) for name, weight in rows}


def valid(at: Here) -> bool:
    """Say whether the weights of the address are of every dimension once, to 100 each and not all zero."""
    chosen = at.selection.weights
    codes, numbers = [code for code, _ in chosen], [number for _, number in chosen]
    return not chosen or (sorted(codes) == sorted(default(at)) and max(numbers) <= 100 and sum(numbers) > 0)


def given(at: Here) -> Weights:
    """Return the weights of the address in the dimensions' order; the method's where they are not valid."""
    own, chosen = default(at), dict(at.selection.weights)
    return {code: chosen[code] for code in own} if chosen and valid(at) else own


def said(at: Here) -> str:
    """Return the weights in words, and what they are of their sum where that is not 100."""
    text, weights = at.text, given(at)
    named = {row["dimension"]: text.of(row, "name") for row in at.frame("ref.dimension").to_dicts()}
    total = sum(weights.values())
    parts = text.join(
        text("weights.part", name=named[code], share=f"{100 * weight / total:.3g}%")
        for code, weight in weights.items()
    )
    return text("weights.scaled", parts=parts, total=total) if total != 100 else parts


def parts(at: Here) -> queries.Parts:
    """Return the dimensions of the level's regions, with their draws where the window has intervals."""

    def make() -> queries.Parts:
        window, frames = {"window_kind": at.kind, "period": at.period}, stability.frames(at)
        regions = at.frame("ref.region").filter(region_level=at.level)
        cells = None
        if ranking.board(at).sure:
            values, scores = at.part(VALUES, **window), at.part("mart.indicator_score", **window)
            cells = queries.interval_cells(values, scores, regions, at.period, frames)
        dimensions = at.part("mart.dimension_score", **window)
        return queries.parts(dimensions, cells, regions["region_id"].to_list(), at.period, frames)

    return cache.kept(at.snapshot.id, make, "dimension draws", at.level, at.kind, at.period)


def card(at: Here) -> cards.Card:
    """The rank and the range of every region by the weights of the address, the method's rank beside."""
    text, here, weights = at.text, ranking.board(at), given(at)
    if not here.all["rank"].count():
        return cards.Card(text("stability.nobody"), period=at.label)
    own = queries.reweighted(parts(at), {code: float(weight) for code, weight in weights.items()})
    shown = here.shown.select("region_id", other=pl.col("rank")).join(own, on="region_id")
    frame = names.add(shown, at.regions, text).with_columns(ranked_count=pl.lit(own.height))
    code = here.chosen["region_id"] if here.chosen else ""
    labels = (text("weights.by_reader"), text("weights.by_chance"), text("stability.by_method"))
    figure = chart.places(frame, text, labels, selected=code, order=at.selection.order)
    note = "weights.note_method" if weights == default(at) else "weights.note"
    return cards.Card(
        title=_title(at, frame, code, weights == default(at)),
        unit=text("stability.unit"),
        period=at.label,
        areas=here.group or text(f"level.{at.level}"),
        chart=figure,
        table=stability.table(at, frame, labels),
        note=text(note, weights=said(at)) + text("weights.range" if here.sure else "weights.no_range"),
        pane=ranking.PANE,
        row=region_rows.offset(figure, code),
    )


def _title(at: Here, frame: pl.DataFrame, code: str, methods_own: bool) -> str:
    text, mine = at.text, frame.filter(pl.col("region_id") == code)
    if methods_own:
        return text("weights.title_method")
    if mine.height:
        row = mine.row(0, named=True)
        return text(
            "weights.title_area", area=text.place(at.region(row["region_id"])), span=chart.span(row, text)
        )
    moved = frame.filter(pl.col("rank") != pl.col("other"))
    if moved.is_empty():
        return text("weights.title_same")
    most = (moved["rank"] - moved["other"]).abs().max()
    return text("weights.title", n=moved.height, most=most)
