"""Small pieces of HTML, pure: escaped text, tables, lists, folds. `cards.py` puts them on a page."""

from collections.abc import Iterable, Sequence
from html import escape

__all__ = ["definitions", "empty", "escape", "fold", "items", "link", "paragraph", "table"]


def table(
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    caption: str,
    numeric: Iterable[int] = (),
    raw: Iterable[int] = (),
    name: str = "",
) -> str:
    """Return an HTML table whose first column heads its rows; columns in `raw` hold ready HTML."""
    numbers, ready = set(numeric), set(raw)

    def cell(tag: str, index: int, value: str, scope: str = "") -> str:
        content = value if index in ready and tag == "td" else escape(value)
        align = ' class="n"' if index in numbers else ""
        return f"<{tag}{scope}{align}>{content}</{tag}>"

    top = "".join(cell("th", i, word, ' scope="col"') for i, word in enumerate(head))
    body = "".join(
        "<tr>"
        + "".join(
            cell("th", 0, value, ' scope="row"') if i == 0 and i not in ready else cell("td", i, value)
            for i, value in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="zx-scroll" role="region" tabindex="0" aria-label="{escape(caption)}">'
        f'<table class="zx-table {name}"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def definitions(pairs: Iterable[tuple[str, str]]) -> str:
    """Return a list of terms and texts; pairs without a text are left out."""
    return (
        '<dl class="zx-dl">'
        + "".join(
            f"<div><dt>{escape(term)}</dt><dd>{escape(text)}</dd></div>" for term, text in pairs if text
        )
        + "</dl>"
    )


def fold(label: str, body: str, *, name: str = "") -> str:
    """Return a fold that opens by mouse and keyboard; `body` is ready HTML."""
    return f'<details class="zx-fold {name}"><summary>{escape(label)}</summary>{body}</details>'


def items(texts: Iterable[str]) -> str:
    """Return a bulleted list."""
    return '<ul class="zx-list">' + "".join(f"<li>{escape(text)}</li>" for text in texts) + "</ul>"


def paragraph(text: str, name: str = "") -> str:
    """Return a paragraph."""
    return f'<p class="{name}">{escape(text)}</p>'


def link(words: str, address: str) -> str:
    """Return a link inside the dashboard; `theme/page.js` opens it without a reload."""
    return f'<a class="zx-link" href="{escape(address)}" target="_self">{escape(words)}</a>'


def empty(why: str, do: str = "", ready: str = "") -> str:
    """Return an empty state: why there is nothing to show, and what to do; `ready` is HTML (links) behind."""
    action = f"<p>{escape(do)}</p>" if do else ""
    return f'<div class="zx-empty" role="note"><p><b>{escape(why)}</b></p>{action}{ready}</div>'
