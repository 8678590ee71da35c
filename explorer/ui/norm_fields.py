"""Fields of a layer that normalises beside its own: its mode, what it is compared with, how large the batch is."""

from __future__ import annotations

import streamlit as st

from explorer.program.builders import ArgumentProblem, EditProblem, chain
from explorer.program.builders.applied import MODES
from explorer.program.builders.batch_sizes import batch_size, set_batch_size
from explorer.program.builders.comparisons import can_compare, comparable, compare, compared, given_name
from explorer.program.builders.layers import LAYERS
from explorer.program.builders.modes import mode_of, set_mode
from explorer.program.builders.sentences import NAME, sentences, set_sentences
from explorer.program.builders.spreads import EVEN, SPREADS, can_spread, set_spread, spread_of
from explorer.program.builders.weight_norms import OFF, ON, has_weight_norm, set_weight_norm, takes_weight_norm
from explorer.scene.norms import ALL_BESIDE
from explorer.ui.changes import taken
from explorer.ui.renewal import is_current, renewed
from explorer.ui.text import plain
from explorer.ui.workspace import Workspace

# of the lens's option `beside`: the next one, as by itself
_BY_ITSELF = -1
# the picture has room for four
_MOST_BESIDE = 3
# pixels of the field, by how many layers stand in it
_BESIDE = (140, 190, 310, 420)
_LARGEST_BATCH = 32


def norm_fields(workspace: Workspace, chip: chain.Chip) -> None:
    """Draw the fields beside those of a chip: of a layer that normalises, or whose weight can be normalised."""
    if takes_weight_norm(chip):
        _weight_field(workspace, chip.path)
    if chip.role != "layer" or not LAYERS[chip.name].is_norm:
        return
    if chip.fields.get("track_running_stats") == "True" and chip.path:
        _mode_field(workspace, chip.path)
    _comparison_field(workspace, chip)


def batch_field(workspace: Workspace) -> None:
    """Draw the slider of the batch size, where the program says it as a number."""
    size = batch_size(workspace.source)
    if size is None or size < 1:
        return
    name = workspace.key("batch")
    key = renewed(name, size)

    def slid() -> None:
        taken(workspace, name, key, lambda: set_batch_size(workspace.source, int(st.session_state[key])))

    st.slider(
        "batch size", 1, max(_LARGEST_BATCH, size), key=key, on_change=slid, width=120,
        help="How many samples the statistics of a batch are taken over.",
    )  # fmt: skip


def spread_field(workspace: Workspace, chip: chain.Chip) -> None:
    """Draw the field that lets means and scales of random numbers differ."""
    if not can_spread(chip):
        return
    shown = spread_of(workspace.source, chip.index)
    name = workspace.key(f"spread/{chip.index}")
    key = renewed(name, shown or None)

    def chosen() -> None:
        taken(workspace, name, key, lambda: set_spread(workspace.source, chip.index, st.session_state[key]))

    st.selectbox(
        "Mean and scale", (EVEN, *SPREADS), key=key, on_change=chosen, width=190, placeholder="as the program says",
        disabled=not shown, help="Lets channels or samples differ, so that groups can be told apart.",
    )  # fmt: skip


def sentence_fields(workspace: Workspace) -> None:
    """Draw the sentences of a program, to be edited as lines."""
    known = sentences(workspace.source)
    if not known:
        return
    name = workspace.key(NAME)
    problem = workspace.problems.get(name)
    key = renewed(name, problem.typed if problem else "\n".join(known))

    def typed() -> None:
        if not is_current(name, key):
            return
        text = st.session_state[key]
        try:
            workspace.change(set_sentences(workspace.source, text))
        except (ArgumentProblem, EditProblem) as error:
            workspace.refuse_field(name, text, error.message)

    st.text_area("Sentences, one a line", key=key, on_change=typed, height=120)
    if problem:
        st.markdown(f":small[:red[{plain(problem.message)}]]")


def mode_field(workspace: Workspace) -> None:
    """Draw the field of the mode of the layer that is open, where it has no chip: inside of a class."""
    path = workspace.running_path
    if path and all(chip.path != path for chip in chain.chips(workspace.source)):
        _mode_field(workspace, path)


def weight_field(workspace: Workspace) -> None:
    """Draw the field of weight_norm where the layer that is open has no chip: `lin = weight_norm(nn.Linear(4, 3))`."""
    path = workspace.weight_path
    if path and all(chip.path != path for chip in chain.chips(workspace.source) if chip.role == "layer"):
        _weight_field(workspace, path)


def _weight_field(workspace: Workspace, path: str) -> None:
    """Draw the field that takes the weight of a layer apart into magnitude and direction."""
    name = workspace.key(f"weight_norm/{path}")
    key = renewed(name, ON if has_weight_norm(workspace.source, path) else OFF)

    def chosen() -> None:
        taken(workspace, name, key, lambda: set_weight_norm(workspace.source, path, st.session_state[key]))

    st.selectbox(
        "weight_norm", (OFF, ON), key=key, on_change=chosen, width=110,
        help=f"Makes the weight of {path} of a magnitude and a direction, which are learned apart.",
    )  # fmt: skip


def _mode_field(workspace: Workspace, path: str) -> None:
    """Draw the field of the mode of a layer that keeps running statistics, which eval mode uses."""
    name = workspace.key(f"mode/{path}")
    key = renewed(name, mode_of(workspace.source, path))

    def chosen() -> None:
        taken(workspace, name, key, lambda: set_mode(workspace.source, path, st.session_state[key]))

    st.selectbox(
        "mode", MODES, key=key, on_change=chosen, width=92,
        help="train: statistics of this batch; eval: the running ones. Of the layer's last call.",
    )  # fmt: skip


def _comparison_field(workspace: Workspace, chip: chain.Chip) -> None:
    if not can_compare(workspace.source, chip.index):
        return
    shape = _given_shape(workspace, chip)
    same = workspace.layers_beside(chip.path)
    offered = [name for name in comparable(shape) if name != chip.name]
    shown = list(dict.fromkeys(other.name for other in compared(workspace.source, chip.index, same)))
    name = workspace.key(f"beside/{chip.path}")
    key = renewed(name, shown)

    def changed() -> str:
        wanted = tuple(st.session_state[key])
        source = compare(workspace.source, chip.index, wanted, shape, same)
        workspace.choose({"beside": ALL_BESIDE if len(wanted) > 1 else _BY_ITSELF})
        return source

    def chosen() -> None:
        taken(workspace, name, key, changed)

    st.multiselect(
        "compare with", list(dict.fromkeys([*offered, *shown])), key=key, on_change=chosen, placeholder="nothing",
        width=_BESIDE[len(shown)] if len(shown) < len(_BESIDE) else _BESIDE[-1],
        max_selections=max(_MOST_BESIDE, len(shown)), help="Other layers on the same tensor, drawn beside this one.",
    )  # fmt: skip


def _given_shape(workspace: Workspace, chip: chain.Chip) -> tuple[int, ...]:
    """Return the shape of what a layer is called on: that of the tensor of this name, else of the one before."""
    row, name = chain.chips(workspace.source), given_name(workspace.source, chip.index)
    made = [other.index for other in row if name and other.target == name]
    return workspace.input_shape(made[-1] + 1 if made else chip.index)
