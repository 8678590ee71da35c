"""Uploading a tensor: pictures, NumPy files, tables, safetensors and PyTorch files."""

from __future__ import annotations

import streamlit as st

from explorer.program.builders import chain
from explorer.program.uploads import UploadProblem, load, shrink
from explorer.trace.values import Array
from explorer.ui.text import plain
from explorer.ui.workspace import DATA, Workspace

TYPES = ["png", "jpg", "jpeg", "gif", "bmp", "webp", "npy", "npz", "csv", "tsv", "txt", "safetensors", "pt", "pth"]
DEFAULT_SIDE = 32


def missing_upload(workspace: Workspace, row: tuple[chain.Chip, ...]) -> None:
    """Say that the program reads an upload that is not there: in a link that was too small for it, or not yet."""
    waiting = next((chip for chip in row if chip.name == "upload" and chip.fields.get("data") == DATA), None)
    if waiting is not None and DATA not in workspace.inputs:
        where = "below" if workspace.selected == waiting.index else "in the form behind its first chip"
        st.info(f"This program reads a file that is not here: upload it {where}.", icon=":material/upload_file:")


def upload_fields(workspace: Workspace) -> None:
    """Draw the fields that bind a file's array to the name `data`."""
    file = st.file_uploader(
        "File",
        type=TYPES,
        key=workspace.key("file"),
        help="A picture, .npy, .npz, a table of numbers, .safetensors, or .pt with nothing but tensors in it.",
    )
    if file is None:
        bound = workspace.inputs.get(DATA)
        if bound is not None:
            st.caption(plain(f"{DATA} holds {bound.dtype} {bound.shape}, from an earlier upload or the link."))
        return
    try:
        upload = load(file.name, file.getvalue())
    except UploadProblem as problem:
        st.error(plain(problem.message))
        return
    for note in upload.notes:
        st.caption(plain(note))
    name = (
        st.selectbox("Tensor in the file", list(upload.arrays)) if len(upload.arrays) > 1 else next(iter(upload.arrays))
    )
    _bind(workspace, f"{file.file_id}/{name}", _resized(upload.arrays[name]))
    if workspace.data_left_out:
        bound = workspace.inputs[DATA]
        st.info(
            f"{bound.nbytes:,} bytes are too many for a link: the upload stays in this session, and whoever opens the"
            " copied address has to upload the file again."
        )


def _resized(array: Array) -> Array:
    """Offer to make a picture smaller; other arrays are returned as they are."""
    is_picture = array.dtype.name == "uint8" and array.ndim in (2, 3) and max(array.shape[:2]) > 1
    if not is_picture:
        return array
    longest = max(array.shape[:2])
    if longest <= DEFAULT_SIDE:
        return array
    side = st.number_input("Longest side in pixels", 1, longest, min(longest, DEFAULT_SIDE))
    return shrink(array, int(side))


def _bind(workspace: Workspace, identity: str, array: Array) -> None:
    """Bind the array once: a new object every run would make every run a new program."""
    known = workspace.inputs.get(DATA)
    asked = (identity, array.shape)
    key = workspace.key("bound")
    if st.session_state.get(key) != asked or known is None:
        st.session_state[key] = asked
        workspace.bind(DATA, array)
        st.rerun()
