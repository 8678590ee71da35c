"""The entry script: what all pages share, and the navigation between them."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from explorer.ui.device import device_picker

PAGES = Path(__file__).parents[2] / "pages"
ASSETS = Path(__file__).parent / "assets"


def _first_page() -> None:
    """Send visitors of the bare address to the first page, with whatever the link carries."""
    st.switch_page(SHAPE, query_params=st.query_params.to_dict())


st.set_page_config(page_title="Tensor Explorer", page_icon="🔲", layout="wide")
st.logo(str(ASSETS / "logo.svg"), size="large")
st.html(ASSETS / "app.css")

SHAPE = st.Page(PAGES / "shape_and_memory.py", title="Shape & memory", icon=":material/grid_on:", url_path="shape")
_START = st.Page(_first_page, title="Tensor Explorer", default=True, visibility="hidden")

page = st.navigation({"Tensors": [SHAPE], "": [_START]})
device_picker()
page.run()
