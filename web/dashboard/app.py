"""The analysts' app: `streamlit run web/dashboard/app.py`."""

# ruff: noqa: INP001 - a deployment's folder, not a package

from pathlib import Path

import streamlit as st
from analysts.ask_page import ask_page
from analysts.market_page import market_page
from analysts.notices import show_notice
from analysts.session import settings
from analysts.settings import NotSetUp

HERE = Path(__file__).parent

st.set_page_config(page_title="Gavel for analysts", page_icon=str(HERE / "static" / "mark.svg"), layout="wide")
st.logo(str(HERE / "static" / "mark.svg"))
st.html(HERE / "static" / "app.css")

ASK = st.Page(ask_page, title="Ask", icon=":material/forum:", url_path="ask", default=True)
MARKET = st.Page(market_page, title="Market", icon=":material/monitoring:", url_path="market")

page = st.navigation([ASK, MARKET], position="top")
if st.session_state.pop("go", None) == "ask":
    st.switch_page(ASK)
try:
    settings()
except NotSetUp as missing:
    show_notice("not-set-up", "The app is not set up", str(missing), icon="build")
else:
    page.run()
