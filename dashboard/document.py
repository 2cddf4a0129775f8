"""The HTML document Streamlit serves, with three things changed on its way out (a middleware of `app.py`).

The chart library (4.7 MB) is asked for at once: else the browser begins with it only when the first chart
arrives. Until the script has run, title and language are the product's own.
"""

from pathlib import Path

import streamlit
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.i18n import HTML_LANG, LANGUAGES, Text

_SCRIPTS = Path(streamlit.__file__).with_name("static") / "static" / "js"
_CHARTS = "PlotlyChart.*.js"


def changed(html: bytes) -> bytes:
    """Return the document with title, language, and the chart library (if it is found) asked for at once."""
    lang = LANGUAGES[0]
    title = f"<title>{Text(lang)('app.title')}</title>"
    links = "".join(
        f'<link rel="modulepreload" href="./static/js/{path.name}" />' for path in _SCRIPTS.glob(_CHARTS)
    )
    html = html.replace(b"<title>Streamlit</title>", f"{title}{links}".encode(), 1)
    return html.replace(b'<html lang="en">', f'<html lang="{HTML_LANG[lang]}">'.encode(), 1)


class Document:
    """Middleware that hands every whole HTML answer through `changed`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; Streamlit is not asked to compress, which the middleware outside does."""
        if scope["type"] != "http" or "text/html" not in Headers(scope=scope).get("accept", ""):
            await self.app(scope, receive, send)
            return
        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        await self.app({**scope, "headers": plain}, receive, _Answer(send))


class _Answer:
    """Holds an HTML answer back until it is whole; any other goes out as it comes."""

    def __init__(self, send: Send) -> None:
        self.send, self.body = send, b""
        self.start: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = Headers(raw=message["headers"])
            if message["status"] == 200 and headers.get("content-type", "").startswith("text/html"):
                self.start = message
                return
        elif self.start and message["type"] == "http.response.body":
            self.body += message.get("body", b"")
            if message.get("more_body"):
                return
            body = changed(self.body)
            MutableHeaders(raw=self.start["headers"])["content-length"] = str(len(body))
            await self.send(self.start)
            message, self.start = {"type": "http.response.body", "body": body}, None
        await self.send(message)
