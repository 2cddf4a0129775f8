"""The script of every rerun: selection from the address, menu, frame, page. The server is `app.py`."""

import streamlit as st

from dashboard import frame, menu, source, state
from dashboard.errors import show_user_error
from dashboard.i18n import Text
from pipelines.api import UserError

selection = state.adopt()
text = Text(selection.lang)
pages = menu.pages(text)
page = st.navigation(list(pages.values()), position="hidden")
state.follow(pages)
st.set_page_config(page_title=page.title, page_icon=str(menu.HERE / "static" / "icon.png"), layout="wide")
frame.style(text)
entry = menu.entry_of(page)
try:
    frame.open_frame(source.pinned(), text, pages, entry)
    opened = True
except UserError as error:
    frame.header(text, pages, entry)
    state.sync()
    show_user_error(error, text)
    opened = False
if opened:
    page.run()
