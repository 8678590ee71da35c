"""Uploading a tensor: pictures, NumPy files, tables, safetensors and PyTorch files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from explorer.program.builders import chain
from explorer.program.builders.layers import LAYERS
from explorer.program.builders.sequences import TABLE, sequence_of
from explorer.program.picture_batches import picture_batch
from explorer.program.uploads import Upload, UploadProblem, load, shrink
from explorer.trace.values import Array
from explorer.ui.input_fields import lay_out
from explorer.ui.text import plain
from explorer.ui.workspace import DATA, Workspace

TYPES = ["png", "jpg", "jpeg", "gif", "bmp", "webp", "npy", "npz", "csv", "tsv", "txt", "safetensors", "pt", "pth"]
DEFAULT_SIDE = 32
_BATCHES = frozenset({"normalization"})
_LAID_OUT = frozenset({"convolution", "normalization"})
_BATCH = len(("N", "H", "W", "C"))


def missing_upload(workspace: Workspace, row: tuple[chain.Chip, ...]) -> None:
    """Say that the program reads an upload that is not there: in a link that was too small for it, or not yet."""
    waiting = next((chip for chip in row if chip.name == "upload" and chip.fields.get("data") == DATA), None)
    if waiting is not None and DATA not in workspace.inputs:
        where = "below" if workspace.selected == waiting.index else "in the form behind its first chip"
        if workspace.lens == "recurrent" and any(_goes_through_table(workspace, chip) for chip in row):
            where = "behind File, beside the field input"
        st.info(f"This program reads a file that is not here: upload it {where}.", icon=":material/upload_file:")


def _goes_through_table(workspace: Workspace, chip: chain.Chip) -> bool:
    """Tell a recurrent layer that has the form for a file beside its own fields."""
    is_recurrent = chip.role == "layer" and LAYERS[chip.name].is_recurrent and bool(chip.path)
    return is_recurrent and sequence_of(workspace.source, chip.path) == TABLE


def upload_fields(workspace: Workspace) -> None:
    """Draw the fields that bind a file's array to the name `data`."""
    files = _source(workspace)
    bound = workspace.inputs.get(DATA)
    if not files:
        if bound is not None:
            st.caption(plain(f"{DATA} holds {bound.dtype} {bound.shape}, from an earlier upload or the link."))
        return
    upload = _read(workspace, files)
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


def _source(workspace: Workspace) -> list[UploadedFile]:
    """Draw the field for a file, or the camera in its place; where batches are looked at, for several files."""
    if st.toggle("Take it with the camera", key=workspace.key("camera")):
        taken = st.camera_input("Picture", key=workspace.key("picture"), on_change=_bind, args=(workspace,), width=360)
        return _listed(taken)
    several = workspace.lens in _BATCHES
    chosen = st.file_uploader(
        "Files" if several else "File",
        type=TYPES,
        accept_multiple_files=several,
        key=workspace.key("file"),
        help="A picture, .npy, .npz, a table of numbers, .safetensors, or .pt with nothing but tensors in it."
        + (" Several pictures become a batch." if several else ""),
        on_change=_bind,
        args=(workspace,),
    )
    return _listed(chosen)


def _listed(chosen: object) -> list[UploadedFile]:
    """Return what a widget holds as a list: nothing, one file, or several."""
    files = chosen if isinstance(chosen, list) else [chosen]
    return [file for file in files if isinstance(file, UploadedFile)]


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
    files = _listed(st.session_state.get(workspace.key("picture" if camera else "file")))
    if not files:
        return
    upload = _read(workspace, files)
    if isinstance(upload, UploadProblem):
        return
    array = _chosen(workspace, upload)
    side = int(st.session_state.get(workspace.key("side"), DEFAULT_SIDE))
    before = workspace.inputs.get(DATA)
    workspace.bind(DATA, _shrunk(array, side) if _longest_side(array) > side else array)
    if workspace.lens in _LAID_OUT and (before is None or _kind(before) != _kind(array)):
        lay_out(workspace, 0 if before is None else before.ndim)


def _kind(array: Array) -> tuple[int, bool]:
    """Return what the layout of an upload depends on: its dimensions, and whether it is a picture."""
    return array.ndim, array.dtype.name == "uint8"


def _shrunk(array: Array, side: int) -> Array:
    return np.stack([shrink(picture, side) for picture in array]) if array.ndim == _BATCH else shrink(array, side)


def _read(workspace: Workspace, files: Sequence[UploadedFile]) -> Upload | UploadProblem:
    """Return what is in the files, or why they cannot be read; a file is read once, not on every rerun."""
    key = workspace.key("read")
    known = st.session_state.get(key)
    ids = [file.file_id for file in files]
    if known is None or known[0] != ids:
        found: Upload | UploadProblem
        try:
            found = _loaded(files)
        except UploadProblem as problem:
            found = problem
        known = (ids, found)
        st.session_state[key] = known
    return cast("Upload | UploadProblem", known[1])


def _loaded(files: Sequence[UploadedFile]) -> Upload:
    """Return the arrays of a file, or of several pictures one array; raise UploadProblem for what is neither."""
    uploads = [load(file.name, file.getvalue()) for file in files]
    if len(uploads) == 1:
        return uploads[0]
    notes = tuple(dict.fromkeys(note for upload in uploads for note in upload.notes))
    return Upload({DATA: picture_batch([next(iter(upload.arrays.values())) for upload in uploads])}, notes)


def _chosen(workspace: Workspace, upload: Upload) -> Array:
    name = st.session_state.get(workspace.key("entry"))
    return upload.arrays[name] if name in upload.arrays else next(iter(upload.arrays.values()))


def _longest_side(array: Array) -> int:
    """Return the longest side of what looks like a picture; 0 for other arrays."""
    sizes = array.shape[1:3] if array.ndim == _BATCH else array.shape[:2]
    is_picture = array.dtype.name == "uint8" and array.ndim in (2, 3, _BATCH) and max(sizes) > 1
    return max(sizes) if is_picture else 0
