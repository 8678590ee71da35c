"""The kernel of a selected convolution: as torch made it, one with a name, or typed values."""

from __future__ import annotations

import streamlit as st

from explorer.program.builders import ArgumentProblem, EditProblem, chain, kernels
from explorer.program.builders.layers import LAYERS
from explorer.program.builders.weights import is_written, kernel_text, set_kernel
from explorer.ui.renewal import renewed
from explorer.ui.text import plain
from explorer.ui.workspace import Workspace

RANDOM, TYPED, OTHER = "as torch makes it", "typed", "see the program"
_WIDTH, _TYPED_WIDTH = 158, 340
_HELP = "The same kernel for all channels; single cells can be changed in the picture."


def kernel_fields(workspace: Workspace, chip: chain.Chip) -> None:
    """Draw the field of a chip's kernel, if it is a layer with a name that has one."""
    if not _has_kernel(chip):
        return
    preset = _preset(workspace, chip)
    names = (RANDOM, *([OTHER] if preset == OTHER else []), TYPED, *kernels.presets(len(_size(chip))))
    key = renewed(_name(workspace, chip), preset)
    args = (workspace, chip, key, workspace.edition)
    st.selectbox("kernel values", names, key=key, help=_HELP, on_change=_chosen, args=args, width=_WIDTH)


def typed_kernel(workspace: Workspace, chip: chain.Chip) -> None:
    """Draw the values of a chip's kernel where they are typed, and what is wrong with its fields."""
    if not _has_kernel(chip):
        return
    _problem(workspace, _name(workspace, chip))
    if _preset(workspace, chip) != TYPED:
        return
    key = workspace.key(f"kernel_values/{chip.index}")
    problem = workspace.problems.get(key)
    written = kernel_text(workspace.source, _weight(chip))
    st.session_state[key] = problem.typed if problem else written.removeprefix("torch.tensor(").removesuffix(")")
    with st.container(width=_TYPED_WIDTH, gap="xxsmall"):
        args = (workspace, chip, key, workspace.edition)
        st.text_area("values", key=key, height=90, help="A row a line, or a list.", on_change=_typed, args=args)
        _problem(workspace, key)


def _has_kernel(chip: chain.Chip) -> bool:
    return chip.role == "layer" and bool(chip.path) and LAYERS[chip.name].has_kernel and bool(_size(chip))


def _size(chip: chain.Chip) -> tuple[int, ...]:
    return kernels.size_of(chip.name, chip.fields)


def _preset(workspace: Workspace, chip: chain.Chip) -> str:
    """Return what the field of the kernel shows."""
    written = kernel_text(workspace.source, _weight(chip))
    partly = OTHER if is_written(workspace.source, _weight(chip)) else RANDOM
    return kernels.preset_of(written, _size(chip)) or (TYPED if kernels.is_written_out(written) else partly)


def _name(workspace: Workspace, chip: chain.Chip) -> str:
    return workspace.key(f"kernel/{chip.index}")


def _problem(workspace: Workspace, key: str) -> None:
    problem = workspace.problems.get(key)
    if problem:
        st.markdown(f":small[:red[{plain(problem.message)}]]")


def _weight(chip: chain.Chip) -> str:
    return f"{chip.path}.weight"


def _chosen(workspace: Workspace, chip: chain.Chip, key: str, edition: int) -> None:
    name, size = st.session_state[key], _size(chip)
    if edition != workspace.edition or name == OTHER:
        return
    try:
        if name == TYPED:
            # what stands there now, as values to go on from
            written = kernel_text(workspace.source, _weight(chip)) or kernels.written("identity", size)
            value = kernels.as_values(written)
            if not kernels.is_written_out(value):
                raise EditProblem("The program computes this kernel: choose another one first, or edit its line.")
        else:
            value = "" if name == RANDOM else kernels.written(name, size)
        workspace.change(set_kernel(workspace.source, _weight(chip), value))
    except (ArgumentProblem, EditProblem) as problem:
        workspace.refuse_field(_name(workspace, chip), name, problem.message)


def _typed(workspace: Workspace, chip: chain.Chip, key: str, edition: int) -> None:
    if edition != workspace.edition:
        return
    text = st.session_state[key]
    try:
        value = kernels.typed(text, _size(chip))
        workspace.accept_field(key)
        workspace.amend(set_kernel(workspace.source, _weight(chip), value))
    except (ArgumentProblem, EditProblem) as problem:
        workspace.refuse_field(key, text, problem.message)
