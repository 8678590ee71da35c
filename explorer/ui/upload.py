"""Uploading a tensor: pictures, NumPy files, tables, safetensors and PyTorch files."""

from __future__ import annotations

from typing import cast

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from explorer.program.builders import chain
from explorer.program.uploads import Upload, UploadProblem, load, shrink
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
    file = _source(workspace)
    bound = workspace.inputs.get(DATA)
    if file is None:
        if bound is not None:
            st.caption(plain(f"{DATA} holds {bound.dtype} {bound.shape}, from an earlier upload or the link."))
        return
    upload = _read(workspace, file)
    if isinstance(upload, UploadProblem):
        st.error(plain(upload.message))
        return
    for note in upload.notes:
        st.caption(plain(note))
    _choices(workspace, upload)
    if bound is not None and workspace.data_left_out:
        st.info(
            f"{bound.nbytes:,} bytes are too many for a link: the upload stays in this session, and whoever opens the"
            " copied address has to upload the file again."
        )


def _source(workspace: Workspace) -> UploadedFile | None:
    """Draw the field for a file, or the camera in its place."""
    if st.toggle("Take it with the camera", key=workspace.key("camera")):
        return st.camera_input("Picture", key=workspace.key("picture"), on_change=_bind, args=(workspace,), width=360)
    return st.file_uploader(
        "File",
        type=TYPES,
        key=workspace.key("file"),
        help="A picture, .npy, .npz, a table of numbers, .safetensors, or .pt with nothing but tensors in it.",
        on_change=_bind,
        args=(workspace,),
    )


def _choices(workspace: Workspace, upload: Upload) -> None:
    """Draw what there is to choose about a file: which of its tensors, and how large a picture."""
    if len(upload.arrays) > 1:
        st.selectbox(
            "Tensor in the file",
            list(upload.arrays),
            key=workspace.key("entry"),
            on_change=_bind,
            args=(workspace,),
        )
    longest = _longest_side(_chosen(workspace, upload))
    if longest > DEFAULT_SIDE:
        key = workspace.key("side")
        st.session_state[key] = min(st.session_state.get(key, DEFAULT_SIDE), longest)
        st.number_input("Longest side in pixels", 1, longest, key=key, on_change=_bind, args=(workspace,))


def _bind(workspace: Workspace) -> None:
    """Bind what is chosen; a file that cannot be read leaves everything as it was."""
    camera = bool(st.session_state.get(workspace.key("camera")))
    file = st.session_state.get(workspace.key("picture" if camera else "file"))
    if file is None:
        return
    upload = _read(workspace, file)
    if isinstance(upload, UploadProblem):
        return
    array = _chosen(workspace, upload)
    side = int(st.session_state.get(workspace.key("side"), DEFAULT_SIDE))
    workspace.bind(DATA, shrink(array, side) if _longest_side(array) > side else array)


def _read(workspace: Workspace, file: UploadedFile) -> Upload | UploadProblem:
    """Return what is in the file, or why it cannot be read; a file is read once, not on every rerun."""
    key = workspace.key("read")
    known = st.session_state.get(key)
    if known is None or known[0] != file.file_id:
        found: Upload | UploadProblem
        try:
            found = load(file.name, file.getvalue())
        except UploadProblem as problem:
            found = problem
        known = (file.file_id, found)
        st.session_state[key] = known
    return cast("Upload | UploadProblem", known[1])


def _chosen(workspace: Workspace, upload: Upload) -> Array:
    name = st.session_state.get(workspace.key("entry"))
    return upload.arrays[name] if name in upload.arrays else next(iter(upload.arrays.values()))


def _longest_side(array: Array) -> int:
    """Return the longest side of what looks like a picture; 0 for other arrays."""
    is_picture = array.dtype.name == "uint8" and array.ndim in (2, 3) and max(array.shape[:2]) > 1
    return max(array.shape[:2]) if is_picture else 0
