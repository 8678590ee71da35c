"""The bar over a page whose program runs for long: how far it is, and Stop."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

_ASSETS = Path(__file__).parent / "assets"


@cache
def _bar() -> Callable[..., Any]:
    script, sheet = (_ASSETS / f"running.{kind}" for kind in ("js", "css"))
    return st.components.v2.component(
        "explorer.running", js=script.read_text(encoding="utf-8"), css=sheet.read_text(encoding="utf-8")
    )


def running_bar(token: str, key: str) -> None:
    """Draw the bar; it asks for a rerun when the run has ended.

    Args:
        token: Of the run (`explorer.ui.running.Running`).
        key: Identity of the element.
    """
    with st.container(key="running"):
        _bar()(key=key, data=token.encode(), on_ended_change=_nothing)


def _nothing() -> None:
    """Do nothing more than the rerun does."""
