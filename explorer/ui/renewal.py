"""Keys of widgets that show something of the program, which may change without them.

A browser that has not yet drawn such a change sends what the widget showed before once more, and Streamlit takes that
for a choice of the person. So a widget gets another key then: what comes under an old one is nobody's.
"""

from __future__ import annotations

import streamlit as st


def renewed(name: str, shown: object) -> str:
    """Return the key of a widget, and put what it shows there; another key when that was changed elsewhere."""
    known = st.session_state.get(f"{name}/shown", shown)
    if st.session_state.get(_key(name), known) != shown:  # Streamlit forgets it when another page is opened
        st.session_state[_count(name)] = st.session_state.get(_count(name), 0) + 1
    st.session_state[f"{name}/shown"] = st.session_state[_key(name)] = shown
    return _key(name)


def is_current(name: str, key: str) -> bool:
    """Tell the widget's key of now from one that it had before."""
    return key == _key(name)


def _key(name: str) -> str:
    return f"{name}/{st.session_state.get(_count(name), 0)}"


def _count(name: str) -> str:
    return f"{name}/renewed"
