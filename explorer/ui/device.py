"""The device picker in the sidebar, shared by all pages and kept in the link."""

from __future__ import annotations

import streamlit as st

from explorer.compute.devices import Device, devices, find
from explorer.ui.renewal import is_current, renewed
from explorer.ui.text import plain

NAME = "device"
_CHOSEN = "device/chosen"
_MISSING = "device/missing"
_DRAWN = "device/drawn"
_HELP = (
    "Where the program runs, as under `torch.set_default_device`. On meta, tensors have shape, strides and dtype,"
    " but no values and no memory."
)


def device_picker() -> None:
    """Draw the picker."""
    listed = devices()
    labels = {device.name: device.label for device in listed}
    if _CHOSEN not in st.session_state:
        adopt_device(st.query_params.get(NAME))
    key = renewed(NAME, chosen_device())
    st.session_state[_DRAWN] = _shown()
    with st.sidebar:
        missing = st.session_state.get(_MISSING)
        if missing:
            st.warning(plain(_missing_text(missing, listed)))
        st.radio(
            "Device",
            list(labels),
            format_func=lambda name: plain(labels[name]),
            key=key,
            on_change=_choose,
            args=(key,),
            help=_HELP,
        )
        if any(device.free is not None for device in listed):
            st.button("Ask for free memory again", key="device/refresh", on_click=_refresh, icon=":material/refresh:")


def adopt_device(name: str | None) -> None:
    """Choose the device that a link names: the first one when it names none, or one that is not here."""
    listed = devices()
    found = None if name is None else find(name, listed)
    st.session_state[_MISSING] = name if found is None else None
    st.session_state[_CHOSEN] = (found or listed[0]).name


def chosen_device() -> str:
    """Return the name of the chosen device."""
    return str(st.session_state.get(_CHOSEN) or devices()[0].name)


def follow_device() -> None:
    """Draw the whole page once more where the picker shows another device: a fragment by itself does not draw it."""
    if st.session_state.get(_DRAWN, _shown()) != _shown():
        st.rerun()


def _shown() -> tuple[str, str | None]:
    """Return what the picker says: the chosen device, and the one that is not here."""
    return chosen_device(), st.session_state.get(_MISSING)


def _missing_text(name: str, listed: tuple[Device, ...]) -> str:
    names = ", ".join(device.name for device in listed)
    return (
        f"This link asks for the device {name[:40]}, which is not here. There are: {names}. {listed[0].name} is used."
    )


def _refresh() -> None:
    devices(refresh=True)


def _choose(key: str) -> None:
    """Take the device that a person chose, and not one that a slow browser says once more."""
    if not is_current(NAME, key):
        return
    name = str(st.session_state[key])
    st.session_state[_CHOSEN], st.session_state[_MISSING] = name, None
    if name != devices()[0].name:
        st.query_params[NAME] = name
    elif NAME in st.query_params:
        del st.query_params[NAME]
