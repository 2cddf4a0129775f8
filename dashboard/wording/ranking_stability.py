"""Cards of the tab 排名稳定性: ranks by other methods, what moves them, how much of a dimension is signal.

What is computed is kept by snapshot, level and window; the words are made from it. Before:
queries/stability.py; beside it: `ranking_weights.py`.
"""

import polars as pl

from dashboard import cache, cards
from dashboard.charts import names, region_rows
from dashboard.charts import stability as chart
from dashboard.here import VALUES, Here
from dashboard.i18n import MISSING
from dashboard.queries import stability as queries
from dashboard.table import Cell, Column, Table, place
from dashboard.wording import ranking_cards as ranking

FRAMES = (
    "ref.indicator",
    "ref.dimension",
    "ref.index_parameter",
    "ref.uncertainty_parameter",
    "ref.shrinkage_parameter",
    "ref.prior",
    "ref.prior_group",
)
# Below this share of signal the weight of a dimension carries a caution (method section 5).
LEAST_SIGNAL = 0.5


def ready(at: Here) -> bool:
    """Say whether the snapshot holds what the tab is made from."""
    return all(at.has(name) for name in (*FRAMES, "mart.level_certainty", "mart.rank_interval"))


def frames(at: Here) -> dict[str, pl.DataFrame]:
    """Return the method's tables by name."""
    return {name: at.frame(name) for name in FRAMES}


def robust(at: Here) -> queries.Robust | None:
    """Return how the ranks of the level and window move with the method; None where nobody is ranked."""
    if not ranking.board(at).all["rank"].count():
        return None

    def make() -> queries.Robust | None:
        window = {"window_kind": at.kind, "period": at.period}
        scores = at.part("mart.indicator_score", **window)
        return queries.robust(at.part(VALUES, **window), scores, at.level, frames(at))

    return cache.kept(at.snapshot.id, make, "robust", at.level, at.kind, at.period)


def places(at: Here) -> cards.Card:
    """The rank of every region and the ranks it has under other methods, 不含债务 beside."""
    text, here, found = at.text, ranking.board(at), robust(at)
    common = {"period": at.label, "areas": here.group or text(f"level.{at.level}")}
    if found is None:
        return cards.Card(text("stability.nobody"), **common)
    own = here.shown.select("region_id", "rank", "ranked_count", other=pl.col("rank_without_debt"))
    frame = names.add(own.join(found.places.drop("rank"), on="region_id"), at.regions, text)
    code = here.chosen["region_id"] if here.chosen else ""
    said = (text("stability.by_method"), text("stability.by_others"), text("ranking.place_without_debt"))
    figure = chart.places(frame, text, said, selected=code, order=at.selection.order)
    mine = frame.filter(pl.col("region_id") == code)
    if mine.height:
        row = mine.row(0, named=True)
        area = text.place(at.region(row["region_id"]))
        title = text("stability.title_area", area=area, span=chart.span(row, text), methods=queries.DRAWS)
    else:
        width = (found.places["upper"] - found.places["lower"] + 1).median()
        title = text("stability.title", methods=queries.DRAWS, width=f"{width:g}", n=found.places.height)
    return cards.Card(
        title=title,
        unit=text("stability.unit"),
        chart=figure,
        table=table(at, frame, said),
        note=text("stability.note", methods=queries.DRAWS, shift=f"{found.shift:.1f}"),
        pane=ranking.PANE,
        row=region_rows.offset(figure, code),
        **common,
    )


def table(at: Here, frame: pl.DataFrame, said: tuple[str, str, str]) -> Table:
    """Return the twin of `chart.places`: rank, best and worst one of the range, and the other rank.

    On screen the lowest place stands as its range: nobody is the last.
    """
    text = at.text
    columns = (
        Column(text("ranking.region")),
        Column(said[0], numeric=True),
        Column(text("stability.best", what=said[1]), numeric=True),
        Column(text("stability.worst", what=said[1]), numeric=True),
        Column(said[2], numeric=True),
    )
    lowest = {name: frame[name].max() for name in ("rank", "other")}
    rows = []
    for row in frame.sort(*(["rank"] if at.selection.order == "score" else []), "region_id").to_dicts():
        span = MISSING if row["lower"] is None else f"{row['lower']}—{row['upper']}"
        shown = {
            name: Cell(
                MISSING if row[name] is None else span if row[name] == low else str(row[name]), row[name]
            )
            for name, low in lowest.items()
        }
        ends = [
            Cell(MISSING if row[name] is None else str(row[name]), row[name]) for name in ("lower", "upper")
        ]
        rows.append((place(text, at.region(row["region_id"])), shown["rank"], *ends, shown["other"]))
    return Table(text("stability.caption"), columns, tuple(rows))


def choices(at: Here) -> cards.Card:
    """Which choice of the method moves the ranks: alone, and together with others."""
    text, found = at.text, robust(at)
    if found is None:
        return cards.Card(text("stability.nobody"), period=at.label)
    # Estimates of a few hundred draws scatter beyond 0 and 1, and the total is never less than its part.
    shares = found.choices.with_columns(pl.col("first", "total").clip(0, 1))
    shares = shares.with_columns(total=pl.max_horizontal("first", "total")).sort("total", descending=True)
    rows = [(text(f"stability.choice_{name}"), first, total) for name, first, total in shares.iter_rows()]
    title = text("stability.choices_none")
    if rows[0][2] > 0:
        title = text("stability.choices_title", choice=rows[0][0], share=f"{100 * rows[0][1]:.0f}%")
    columns = (
        Column(text("stability.choice")),
        Column(text("charts.alone"), numeric=True),
        Column(text("charts.with_others"), numeric=True),
    )
    cells = tuple(
        (name, *(Cell(f"{100 * share:.0f}%", round(share, 4)) for share in (first, total)))
        for name, first, total in rows
    )
    return cards.Card(
        title=title,
        unit=text("stability.choices_unit"),
        period=at.label,
        areas=text(f"level.{at.level}"),
        chart=chart.choices(rows, text),
        table=Table(text("stability.choices_caption"), columns, cells),
        note=text("stability.choices_note"),
    )


def signal(at: Here) -> cards.Card:
    """How much of the spread of every dimension is signal, with a caution where it is less than half."""
    text = at.text
    if not ranking.board(at).sure:
        return cards.Card(text("ranking.without_intervals"))
    certain = at.part("mart.level_certainty", region_level=at.level)
    share = dict(certain.select("node", "reliability").iter_rows())
    columns = (
        Column(text("stability.dimension")),
        Column(text("stability.weight"), numeric=True),
        Column(text("stability.signal"), numeric=True),
        Column(text("ranking.remark")),
    )
    rows, low = [], 0
    for row in at.frame("ref.dimension").sort("sort_order").to_dicts():
        own = share.get(row["dimension"])
        weak = own is None or own < LEAST_SIGNAL
        low += weak
        weight = Cell(f"{100 * row['weight']:.0f}%", row["weight"])
        shown = Cell(MISSING if own is None else f"{own:.2f}", own)
        rows.append((text.of(row, "name"), weight, shown, text("stability.weak") if weak else ""))
    words = {"n": low, "all": len(rows), "limit": LEAST_SIGNAL}
    return cards.Card(
        title=text("stability.signal_low" if low else "stability.signal_fine", **words),
        period=at.label,
        areas=text(f"level.{at.level}"),
        table=Table(text("stability.signal_caption"), columns, tuple(rows)),
        open=True,
        note=text("stability.signal_note"),
    )
