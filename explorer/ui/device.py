"""The device picker in the sidebar, shared by all pages and kept in the link."""

from __future__ import annotations

import streamlit as st

from explorer.compute import Device, devices

KEY = "device"


@st.cache_resource
def _devices() -> tuple[Device, ...]:
    return devices()


def device_picker() -> None:
    """Draw the picker."""
    labels = {device.name: device.label for device in _devices()}
    if KEY not in st.session_state:
        adopt_device(st.query_params.get(KEY))
    with st.sidebar:
        missing = st.session_state.get("device/missing")
        if missing:
            st.warning(f"This link asks for the device {missing}, which is not here. The first one is used.")
        st.radio(
            "Device",
            list(labels),
            format_func=labels.__getitem__,
            key=KEY,
            persist_state="session",
            on_change=_write_link,
            help="Where the program runs. On meta, tensors have shapes and strides but no values and no memory.",
        )


def adopt_device(name: str | None) -> None:
    """Choose the device that a link names: the first one when it names none, or one that is not here."""
    names = [device.name for device in _devices()]
    st.session_state["device/missing"] = name if name is not None and name not in names else None
    st.session_state[KEY] = name if name in names else names[0]


def chosen_device() -> str:
    """Return the name of the chosen device."""
    return str(st.session_state.get(KEY) or _devices()[0].name)


def _write_link() -> None:
    st.session_state["device/missing"] = None
    name = chosen_device()
    if name != _devices()[0].name:
        st.query_params[KEY] = name
    elif KEY in st.query_params:
        del st.query_params[KEY]
