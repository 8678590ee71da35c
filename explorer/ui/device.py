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
    asked = st.query_params.get(KEY)
    with st.sidebar:
        if asked is not None and asked not in labels:
            st.warning(f"This link asks for the device {asked!r}, which is not here. The first one is used.")
        st.radio(
            "Device",
            list(labels),
            format_func=labels.__getitem__,
            key=KEY,
            bind="query-params",
            help="Where the program runs. On meta, tensors have shapes and strides but no values and no memory.",
        )


def chosen_device() -> str:
    """Return the name of the chosen device."""
    return str(st.session_state.get(KEY) or _devices()[0].name)
