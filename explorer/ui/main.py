"""The entry script: what all pages share, and the navigation between them."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from explorer.ui.device import device_picker

PAGES = Path(__file__).parents[2] / "pages"
ASSETS = Path(__file__).parent / "assets"


def _first_page() -> None:
    """Send visitors of the bare address to the first page, with whatever the link carries."""
    st.switch_page(SHAPE, query_params=st.query_params.to_dict())


st.set_page_config(page_title="Tensor Explorer", page_icon="🔲", layout="wide")
st.logo(str(ASSETS / "logo.svg"), size="large")
st.html(ASSETS / "app.css")


def _page(name: str, title: str, icon: str, address: str) -> StreamlitPage:
    return st.Page(PAGES / f"{name}.py", title=title, icon=f":material/{icon}:", url_path=address)


SHAPE = _page("shape_and_memory", "Shape & memory", "grid_on", "shape")
SECTIONS = {
    "Tensors": [
        SHAPE,
        _page("memory_laboratory", "Memory laboratory", "memory", "memory"),
        _page("indexing", "Indexing & gathering", "ads_click", "indexing"),
        _page("broadcasting", "Broadcasting & matmul", "grid_goldenratio", "broadcasting"),
        _page("reductions", "Reductions & dim", "compress", "reductions"),
    ],
    "Autograd": [_page("step_through", "Step through", "account_tree", "autograd")],
    "Layers": [
        _page("convolution", "Convolution & pooling", "filter_center_focus", "convolution"),
        _page("normalization", "Normalisation", "equalizer", "normalization"),
        _page("recurrent", "Recurrent", "cycle", "recurrent"),
    ],
}
_START = st.Page(_first_page, title="Tensor Explorer", default=True, visibility="hidden")

# Streamlit's own list of sections is one that screen readers cannot make sense of
page = st.navigation({**SECTIONS, "": [_START]}, position="hidden")
with st.sidebar.container(key="pages", gap="small"):
    for section, listed in SECTIONS.items():
        with st.container(gap="xsmall"):
            st.html(f"<h2 class='te-section'>{section}</h2>")
            for listed_page in listed:
                st.page_link(listed_page)
device_picker()
page.run()
