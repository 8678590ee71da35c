"""What parameters give a wanted size: all of them in chosen ranges, each to be taken over into the selected layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from explorer.lenses.convolution.sizes import solutions
from explorer.program.builders import ArgumentProblem, EditProblem, chain
from explorer.ui.text import plain
from explorer.ui.workspace import Workspace

Solution = tuple[int, int, int, int]
_FIELDS = ("kernel_size", "stride", "padding", "dilation")
_LONGEST, _LISTED = 100_000, 60
_SHORT, _TALL = 8, 340


@dataclass(frozen=True)
class _Question:
    """What is asked: the sizes of input and result, the largest k, s, p and d, and which kind of layer."""

    size: int
    wanted: int
    most: tuple[int, int, int, int]
    transposed: bool

    def answers(self) -> Sequence[Solution]:
        kernel, stride, padding, dilation = self.most
        ranges = (range(1, kernel + 1), range(1, stride + 1), range(padding + 1), range(1, dilation + 1))
        return solutions(self.size, self.wanted, *ranges, transposed=self.transposed)


def solver(workspace: Workspace) -> None:
    """Draw the widget; open, it answers for one spatial dimension."""
    with st.expander("What parameters give output n?", key=workspace.key("solver")):
        layer = _layer(workspace)
        question = _question(workspace, layer)
        found = [answer for answer in question.answers() if layer is None or _fits(layer, answer)]
        if not found:
            st.info(f"None in these ranges makes {question.wanted} of {question.size}. Try larger ones.")
            return
        count = "1 choice makes" if len(found) == 1 else f"{len(found):,} choices make"
        st.markdown(plain(f"{count} {question.wanted} of {question.size}:"))
        _take_over(workspace, layer, found)
        with st.container(height=_TALL if len(found) > _SHORT else "content", border=False):
            st.markdown(_table(found[:_LISTED]))
        if len(found) > _LISTED:
            st.caption(f"The first {_LISTED} of them; all are in the list above.")


def _layer(workspace: Workspace) -> chain.Chip | None:
    """Return the selected layer, else the first one, that slides a window."""
    layers = [chip for chip in chain.chips(workspace.source) if chip.role == "layer" and "kernel_size" in chip.fields]
    return next((chip for chip in layers if chip.index == workspace.selected), next(iter(layers), None))


def _question(workspace: Workspace, layer: chain.Chip | None) -> _Question:
    size = (*workspace.input_shape(layer.index if layer else 0), 1)[-2]
    with st.container(horizontal=True, gap="small"):
        given = _number(workspace, "input", 1, _LONGEST, min(max(size, 1), _LONGEST))
        wanted = _number(workspace, "output", 1, _LONGEST, min(max(1, size // 2), _LONGEST))
        kernel = _number(workspace, "kernel up to", 1, 15, 7)
        stride = _number(workspace, "stride up to", 1, 8, 4)
        padding = _number(workspace, "padding up to", 0, 8, 3)
        dilation = _number(workspace, "dilation up to", 1, 4, 2)
    transposed = layer is not None and layer.name.startswith("ConvTranspose")
    return _Question(given, wanted, (kernel, stride, padding, dilation), transposed)


def _number(workspace: Workspace, label: str, least: int, most: int, start: int) -> int:
    return int(st.number_input(label, least, most, start, key=workspace.key(f"solver/{label}"), width=130))


def _fits(layer: chain.Chip, answer: Solution) -> bool:
    """Whether a layer has these parameters; the padding of a pool is at most half of its kernel."""
    kernel, _, padding, dilation = answer
    if "Pool" in layer.name and padding > kernel // 2:
        return False
    return ("dilation" in layer.fields or dilation == 1) and ("padding" in layer.fields or padding == 0)


def _take_over(workspace: Workspace, layer: chain.Chip | None, found: Sequence[Solution]) -> None:
    if layer is None:
        return
    key = workspace.key("solver/choice")
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.selectbox("Choice", found, key=key, format_func=_words, width=360)
        args = (workspace, layer, key, workspace.edition)
        st.button(f"Take over into {layer.path or layer.name}", on_click=_taken, args=args)


def _taken(workspace: Workspace, layer: chain.Chip, key: str, edition: int) -> None:
    answer = st.session_state[key]
    if edition != workspace.edition or answer is None:
        return
    fields = {name: str(number) for name, number in zip(_FIELDS, answer, strict=True) if name in layer.fields}
    try:
        workspace.change(chain.set_fields(workspace.source, layer.index, layer.name, fields))
    except (ArgumentProblem, EditProblem) as problem:
        workspace.refuse(problem.message)


def _words(answer: Solution) -> str:
    return ", ".join(f"{name} {number}" for name, number in zip(("kernel", *_FIELDS[1:]), answer, strict=True))


def _table(found: Sequence[Solution]) -> str:
    rows = [f"| {' | '.join(map(str, answer))} |" for answer in found]
    return "\n".join(["| kernel | stride | padding | dilation |", "| ---: | ---: | ---: | ---: |", *rows])
