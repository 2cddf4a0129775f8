"""The server: Streamlit as an ASGI application, with the dashboard's own routes and gzip.

Start it from any folder (`zhengxin serve` runs exactly this):

    ZHENGXIN_HOME=<workspace> python -m streamlit run <repository>/dashboard/app.py \
        --server.address 127.0.0.1 --server.port 8501 --server.headless true

Readiness: GET /_stcore/health answers 200. Settings are in `.streamlit/config.toml` beside this file.
`streamlit run` finds the assignment to `st.App` below by reading the syntax tree: keep its form.
Routes are in `routes.py`; the script itself is `entry.py`.
"""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from dashboard.document import Document
from dashboard.errors import show_script_error
from dashboard.routes import routes

app = st.App(
    Path(__file__).with_name("entry.py"),
    routes=routes(st.get_option("server.baseUrlPath") or ""),
    # Streamlit serves its own scripts uncompressed; over an office network a first visit is 9 MB.
    middleware=[Middleware(GZipMiddleware, minimum_size=1024, compresslevel=5), Middleware(Document)],
    on_script_error=show_script_error,
)
