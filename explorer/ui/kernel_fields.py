"""The kernel of a selected convolution: as torch made it, one with a name, or typed values."""

from __future__ import annotations

import streamlit as st

from explorer.program.builders import ArgumentProblem, EditProblem, chain, kernels
from explorer.program.builders.layers import LAYERS
from explorer.program.builders.weights import is_written, kernel_text, set_kernel
from explorer.ui.renewal import renewed
from explorer.ui.text import plain
from explorer.ui.workspace import Workspace

RANDOM, TYPED, OTHER = "random, as torch makes it", "typed", "as the lines below write it"
_HELP = "The same kernel for all channels; single cells can be changed in the picture."


def kernel_fields(workspace: Workspace, chip: chain.Chip) -> None:
    """Draw the fields of a chip's kernel, if it is a layer with a name that has one."""
    size = kernels.size_of(chip.name, chip.fields) if chip.role == "layer" else ()
    if not size or not chip.path or not LAYERS[chip.name].has_kernel:
        return
    written = kernel_text(workspace.source, _weight(chip))
    partly = RANDOM if not is_written(workspace.source, _weight(chip)) else OTHER
    preset = kernels.preset_of(written, size) or (TYPED if written else partly)
    key = renewed(workspace.key(f"kernel/{chip.index}"), preset)
    with st.container(width=210, gap="xxsmall"):
        names = (RANDOM, *([OTHER] if preset == OTHER else []), TYPED, *kernels.presets(len(size)))
        args = (workspace, chip, key, workspace.edition)
        st.selectbox("kernel values", names, key=key, help=_HELP, on_change=_chosen, args=args)
        _problem(workspace, key)
    if preset == TYPED:
        _typed_field(workspace, chip, written)


def _typed_field(workspace: Workspace, chip: chain.Chip, written: str) -> None:
    key = workspace.key(f"kernel_values/{chip.index}")
    problem = workspace.problems.get(key)
    st.session_state[key] = problem.typed if problem else written.removeprefix("torch.tensor(").removesuffix(")")
    with st.container(width=340, gap="xxsmall"):
        args = (workspace, chip, key, workspace.edition)
        st.text_area("values", key=key, height=90, help="A row a line, or a list.", on_change=_typed, args=args)
        _problem(workspace, key)


def _problem(workspace: Workspace, key: str) -> None:
    problem = workspace.problems.get(key)
    if problem:
        st.markdown(f":small[:red[{plain(problem.message)}]]")


def _weight(chip: chain.Chip) -> str:
    return f"{chip.path}.weight"


def _chosen(workspace: Workspace, chip: chain.Chip, key: str, edition: int) -> None:
    name, size = st.session_state[key], kernels.size_of(chip.name, chip.fields)
    if edition != workspace.edition or name == OTHER:
        return
    try:
        if name == TYPED:
            # what stands there now, as values to go on from
            written = kernel_text(workspace.source, _weight(chip)) or kernels.written("identity", size)
            value = kernels.as_values(written)
        else:
            value = "" if name == RANDOM else kernels.written(name, size)
        workspace.change(set_kernel(workspace.source, _weight(chip), value))
    except (ArgumentProblem, EditProblem) as problem:
        workspace.refuse_field(key, name, problem.message)


def _typed(workspace: Workspace, chip: chain.Chip, key: str, edition: int) -> None:
    if edition != workspace.edition:
        return
    text = st.session_state[key]
    try:
        value = kernels.typed(text, kernels.size_of(chip.name, chip.fields))
        workspace.amend(set_kernel(workspace.source, _weight(chip), value))
    except (ArgumentProblem, EditProblem) as problem:
        workspace.refuse_field(key, text, problem.message)
