"""The app's own routes, below the address at which Streamlit serves it."""

from __future__ import annotations

import streamlit as st
from starlette.routing import Route

from explorer.ui import casts, names, preview, running, stage_files, window


def routes() -> list[Route]:
    """Return the routes; Streamlit puts `server.baseUrlPath` before its own only."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    own = (preview.ROUTE, names.ROUTE, casts.ROUTE, window.ROUTE, stage_files.ROUTE, running.ROUTE)
    return [
        Route(f"/{base}{route.path}" if base else route.path, route.endpoint, methods=_methods(route)) for route in own
    ]


def _methods(route: Route) -> list[str]:
    return sorted(route.methods or ())
