"""The tables of a page as cells, for tests that recompute them."""

from html.parser import HTMLParser

from streamlit.testing.v1 import AppTest


class _Cells(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def rows_of(shown: AppTest, caption: str) -> list[list[str]]:
    """The rows of the page's table with this caption, cell by cell, without its head."""
    start = f"<caption>{caption}</caption>"
    body = next(html.proto.body for html in shown.html if start in html.proto.body)
    cells = _Cells()
    cells.feed(body.split(start)[1].split("</table>")[0])
    return cells.rows[1:]
