"""What 方法说明 says of the index and of the warnings: their steps, bands, levels, sources, completeness.

Every number is the snapshot's own (its method by way of `Text`, and its ref tables), so a sentence cannot
drift from what was computed. The rest of the page: `method.py`.
"""

from dashboard.here import Here
from dashboard.i18n import Text
from dashboard.markup import escape, items, paragraph, table
from dashboard.wording import bands
from dashboard.wording.warning_words import level_badge

INDEX_STEPS, WARNING_STEPS = 6, 7
LEVELS = (1, 2, 3, 4)
# Ages at which the completeness of a month is shown.
AGES = (0, 1, 2, 3, 6, 12, 24)


def index(at: Here) -> str:
    """Return how the index is made, step by step, with the table of bands; "" for a snapshot without one."""
    if not at.has("ref.index_parameter"):
        return ""
    text, dimensions = at.text, at.frame("ref.dimension").sort("sort_order")
    aside = text.join(text.of(row, "name") for row in dimensions.iter_rows(named=True) if row["set_aside"])
    steps = items(text(f"method.index_{number}", aside=aside) for number in range(1, INDEX_STEPS + 1))
    frame = at.frame("ref.band").sort("band")
    rows = [[bands.name(band, text), bands.span(frame, band)] for band in frame["band"]]
    head = [text("method.band"), text("method.points")]
    return (
        f'<div class="zx-side">{steps}{table(head, rows, caption=text("method.bands"), numeric=(1,))}</div>'
    )


def warning(at: Here) -> str:
    """Return how a warning comes about, its levels, sources and the completeness by age; "" without any."""
    if not at.has("ref.warning_parameter"):
        return ""
    text = at.text
    steps = items(text(f"method.warning_{number}") for number in range(1, WARNING_STEPS + 1))
    rows = [[level_badge(level, text), escape(text(f"method.level_{level}_when"))] for level in LEVELS]
    head = [text("method.warning_level"), text("method.when")]
    levels = table(head, rows, caption=text("method.warning_levels"), raw=(0, 1), name="zx-when")
    caution = paragraph(text("method.warning_caution"), "zx-note")
    return f'<div class="zx-side">{steps}<div>{levels}{caution}</div></div>{_channels(at)}'


def _channels(at: Here) -> str:
    """The sources tested, and how much of a month is on file by its age."""
    text, complete = at.text, at.frame("mart.completeness")
    shares = {(row["channel"], row["age_months"]): row["share"] for row in complete.iter_rows(named=True)}
    rows = [
        [
            text.of(row, "name"),
            text.of(row, "unit"),
            text("method.channel_volume" if row["volume"] else "method.channel_plain"),
            *(_share(shares.get((row["channel"], age)), text) for age in AGES),
        ]
        for row in at.frame("ref.channel").sort("sort_order").iter_rows(named=True)
    ]
    head = [
        text("method.channel"),
        text("table.unit"),
        text("method.use"),
        *(text("method.age", n=age) for age in AGES),
    ]
    heading = paragraph(text("method.completeness"), "zx-sub")
    return heading + table(
        head, rows, caption=text("method.completeness"), numeric=range(3, 3 + len(AGES)), name="zx-wide"
    )


def _share(share: float | None, text: Text) -> str:
    return text("method.share", share=f"{100 * share:.0f}") if share is not None else "·"
