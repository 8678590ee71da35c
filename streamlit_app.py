"""Launcher: `streamlit run` finds this file by itself and serves the app from `explorer/ui/main.py`.

The entry script proper cannot stand here: with a folder `pages/` beside it, Streamlit answers the first deep link
after a start in its old multipage mode.
"""

import streamlit as st

from explorer.ui.boot import warm
from explorer.ui.routes import routes

app = st.App("explorer/ui/main.py", lifespan=warm, routes=routes())
