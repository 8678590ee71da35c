"""Fields for the inputs of layers: patterns to type less, and the layout of what was uploaded."""

from __future__ import annotations

import streamlit as st

from explorer.program.builders import ArgumentProblem, EditProblem, chain, inputs
from explorer.program.builders.standardising import TABLE, is_standardised, set_standardised
from explorer.ui.changes import taken
from explorer.ui.renewal import renewed
from explorer.ui.workspace import DATA, Workspace

_NONE = "none"
_SIZE = 8
_COLOURS, _ONE, _AS_IT_IS = "3", "1", "as it is"
_CHANNELS = ("in_channels", "num_features", "num_channels")
_NORMALIZATION = "normalization"


def pattern_fields(workspace: Workspace, chip: chain.Chip) -> None:
    """Draw the fields that fill typed values with a pattern."""
    pattern, size = workspace.key("pattern"), workspace.key("pattern_size")
    args = (workspace, chip, pattern, size, workspace.edition)
    st.selectbox(
        "Pattern", (_NONE, *inputs.PATTERNS), key=pattern, on_change=_filled, args=args, width=190,
        help="Fills the values above: a picture of one channel, or a series.",
    )  # fmt: skip
    st.number_input("Its size", 2, inputs.LARGEST, _SIZE, key=size, on_change=_filled, args=args, width=130)


def layout_field(workspace: Workspace, chip: chain.Chip) -> None:
    """Draw the field that brings an upload into the layout of a layer's input."""
    bound = workspace.inputs.get(DATA)
    layouts = inputs.LAYOUTS.get(bound.ndim if bound is not None else 0)
    if bound is None or layouts is None:
        return
    now = inputs.layout_of(workspace.source, chip.index, bound.ndim)
    key = renewed(workspace.key("layout"), now if now in layouts else None)
    st.selectbox(
        "For a layer", list(layouts), key=key, on_change=_laid_out, args=(workspace, chip, key, workspace.edition),
        help="Layers take N × C × H × W or N × C × L; brightness becomes 0 to 1.", placeholder="as the program says",
        width=260,
    )  # fmt: skip


def lay_out(workspace: Workspace, before: int = 0) -> None:
    """Bring what has just come into the layout that the first layer takes, unless the program names one.

    Args:
        workspace: With the upload bound.
        before: How many dimensions the upload had that it replaces: its layout goes with it.
    """
    bound = workspace.inputs.get(DATA)
    row = chain.chips(workspace.source)
    upload = next((chip for chip in row if chip.name == "upload" and chip.fields.get("data") == DATA), None)
    if bound is None or upload is None:
        return
    layouts = inputs.LAYOUTS.get(bound.ndim, {})
    kinds = _kinds(workspace.lens, row, is_picture=bound.dtype.name == "uint8")
    tails = [tail for kind in kinds for name, tail in layouts.items() if name.startswith(kind)]
    now = inputs.layout_of(workspace.source, upload.index, before or bound.ndim)
    if tails and (now == _AS_IT_IS or (before and now)):
        workspace.change(inputs.with_layout(workspace.source, upload.index, tails[0]))


def _kinds(lens: str, row: tuple[chain.Chip, ...], *, is_picture: bool) -> tuple[str, ...]:
    """Return how the names of fitting layouts begin, the best first: by the channels of the first layer."""
    sizes = (chip.fields[name] for chip in row for name in _CHANNELS if name in chip.fields)
    channels = next(sizes, "")
    if lens == _NORMALIZATION:
        if not is_picture:
            return ("a table",)
        return ("grey",) if channels == _ONE else ("colour", "grey")
    if not is_picture:
        return ()
    return ("colour", "grey") if channels == _COLOURS else ("grey",)


def standardise_field(workspace: Workspace, chip: chain.Chip) -> None:
    """Draw the switch that standardises the columns of an uploaded table."""
    bound = workspace.inputs.get(DATA)
    if bound is None or bound.ndim != TABLE:
        return
    name = workspace.key("standardise")
    key = renewed(name, is_standardised(workspace.source, chip.index))

    def turned() -> None:
        wanted = "on" if st.session_state[key] else "off"
        taken(workspace, name, key, lambda: set_standardised(workspace.source, chip.index, wanted))

    st.toggle(
        "Standardise the columns", key=key, on_change=turned,
        help="Takes the mean of each column away and divides by its standard deviation, in a line of the program.",
    )  # fmt: skip


def _filled(workspace: Workspace, chip: chain.Chip, pattern: str, size: str, edition: int) -> None:
    name = st.session_state[pattern]
    if edition != workspace.edition or name == _NONE:
        return
    try:
        fields = {"data": inputs.pattern(name, int(st.session_state[size])), "dtype": "float32"}
        workspace.change(chain.set_fields(workspace.source, chip.index, "values", fields))
    except (ArgumentProblem, EditProblem) as problem:
        workspace.refuse(problem.message)


def _laid_out(workspace: Workspace, chip: chain.Chip, key: str, edition: int) -> None:
    bound, name = workspace.inputs.get(DATA), st.session_state[key]
    if edition != workspace.edition or bound is None or name is None:
        return
    try:
        workspace.change(inputs.with_layout(workspace.source, chip.index, inputs.LAYOUTS[bound.ndim][name]))
    except EditProblem as problem:
        workspace.refuse(problem.message)
