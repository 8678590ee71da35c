"""Fields of a recurrent layer beside those of its constructor: what it goes through, its gates, its loss."""

from __future__ import annotations

from functools import partial

import streamlit as st

from explorer.program.builders import chain, gates, lengths, losses, sequence_parts, sequences, typed_series
from explorer.program.builders.applied import MODES
from explorer.program.builders.gates import GateOf
from explorer.program.builders.gradient_clips import can_clip, clip_of, set_clip, without_clips
from explorer.program.builders.layers import LAYERS
from explorer.program.builders.modes import mode_of, set_mode
from explorer.program.builders.recurrent_beside import beside, can_stand_beside, set_beside
from explorer.program.builders.truncation import can_detach, detach_of, set_detach
from explorer.ui.changes import Field, chosen_field, problems_of, taken, typed_field
from explorer.ui.norm_fields import sentence_fields
from explorer.ui.renewal import renewed
from explorer.ui.upload import upload_fields
from explorer.ui.workspace import Workspace

_INPUT = Field("input", "input", 146, "What the layer goes through: the lines that make it are written anew.")
_HOLD = Field(
    "hold", "the gate is", 146,
    "All 0: its weights and biases. Held: its weights 0, its bias 20 or −20; sigmoid(20) is 1 − 2e-9.",
)  # fmt: skip
_LENGTHS = Field(
    "lengths", "lengths", 96,
    "Steps of each sequence of the batch: it is packed by them, and padded again. Nothing typed: it is not.",
)  # fmt: skip
_LOSS = Field("loss", "backward from", 136, "What the backward pass starts from: the sum of this.")
_DETACH = Field(
    "detach", "detach every", 100,
    "Truncated backpropagation: after so many steps the state goes on without its history, so no gradient goes back "
    "further. Nothing typed: never.",
)  # fmt: skip
_CLIP = Field(
    "clip", "clip at", 84,
    "The largest norm that the gradients of this layer's parameters may have together: where it is larger, "
    "clip_grad_norm_ divides all of them by one number. Nothing typed: they stay as they are.",
)  # fmt: skip
_MODE = Field("mode", "mode", 84, "train: dropout between the layers; eval: none.")
_NUMBERS = Field(
    "numbers", "numbers", "stretch", "One a time step. A semicolon begins another series, as long as the first."
)
_SERIES = Field("series", "series are", 158, "What several series are: items of the batch, or features of each step.")
_PARTS = (
    (Field("text", "text", "stretch", "Your own."), sequence_parts.text_of, sequence_parts.set_text),
    (_NUMBERS, sequence_parts.numbers_of, typed_series.set_numbers),
    (Field("steps", "steps", 76, "How many time steps."), sequence_parts.steps_of, sequence_parts.set_steps),
)
_LABELS = {
    "bias": "bias of the gate",
    **{
        field.name: field.label
        for field in (_INPUT, _HOLD, _LENGTHS, _SERIES, _LOSS, _DETACH, _CLIP, _MODE, *(part[0] for part in _PARTS))
    },
}
_OPENED = {"LSTM": "f", "GRU": "z", "RNN": "h"}
_OFFERED = ("2", "-2")


def is_subject(chip: chain.Chip) -> bool:
    """Tell a recurrent layer that the program gives a name."""
    return chip.role == "layer" and LAYERS[chip.name].is_recurrent and bool(chip.path)


def input_fields(workspace: Workspace, chip: chain.Chip) -> None:
    """Draw the choice of what a layer goes through, and what of it is typed."""
    if not is_subject(chip):
        return
    source, path = workspace.source, chip.path
    now = sequences.sequence_of(source, path)

    def change(kind: str) -> str:
        return source if kind == sequences.OTHER else sequences.set_sequence(source, path, kind)

    chosen_field(workspace, _INPUT, sequences.SEQUENCES, now, change)
    if now == sequences.SENTENCES:
        with st.popover("Sentences"):
            sentence_fields(workspace)
    if now == sequences.TABLE:
        with st.popover("File"):
            upload_fields(workspace)
    for field, shown_in, change_in in _PARTS:
        shown = shown_in(source, path)
        if shown is not None:
            typed_field(workspace, field, shown, partial(change_in, source, path))
    meaning = typed_series.meaning_of(source, path)
    if meaning:
        change_meaning = partial(typed_series.set_meaning, source, path)
        chosen_field(workspace, _SERIES, sequences.SERIES_MEAN, meaning, change_meaning)


def hands_on_row(workspace: Workspace, chip: chain.Chip) -> None:
    """Draw the row of fields that change what a layer does, and say below it what is wrong with any."""
    if not is_subject(chip):
        return
    key = workspace.key("hands_on")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall", key=key):
        _gate_fields(workspace, chip)
        _lengths_field(workspace, chip)
        _loss_field(workspace, chip)
        _detach_field(workspace, chip)
        _clip_field(workspace, chip)
        _mode_field(workspace, chip)
        _beside_field(workspace, chip)
    problems_of(workspace, _LABELS)


def _gate_fields(workspace: Workspace, chip: chain.Chip) -> None:
    """Draw which gate of which layer and direction is set by hand, and to what."""
    source, end = workspace.source, _end(workspace, chip)
    names = gates.gates(chip.name)
    key = workspace.key(f"gate/{chip.name.removesuffix('Cell')}")
    st.session_state.setdefault(key, _OPENED[chip.name.removesuffix("Cell")])
    if len(names) > 1:
        st.selectbox(
            "gate", names, key=key, width=140, format_func=lambda name: f"{name} · {gates.ROLES[name]}",
            help="Which gate the next two fields set by hand.",
        )  # fmt: skip
    gate = gates.gate_of(chip, str(st.session_state[key]), end)
    _bias_field(workspace, gate)

    def change(hold: str) -> str:
        return source if hold == gates.OTHER else gates.set_hold(source, gate, hold)

    chosen_field(workspace, _HOLD, gates.holds(gate), gates.hold_of(source, gate), change)
    if gates.is_written(source, chip.path):
        st.button(
            "Reset", key=workspace.key("reset"), on_click=_reset, args=(workspace, chip.path, workspace.edition),
            help="Takes away all lines that write to this layer's parameters.",
        )  # fmt: skip


def _reset(workspace: Workspace, path: str, edition: int) -> None:
    if edition == workspace.edition:
        workspace.change(gates.reset(workspace.source, path))


def _bias_field(workspace: Workspace, gate: GateOf) -> None:
    source, made = workspace.source, gates.AS_MADE
    offered = _OFFERED if gate.has_bias else ()

    def change(typed: str) -> str:
        if typed == gates.OTHER:
            return source
        return gates.set_bias(source, gate, "" if typed == made else typed)

    explained = "Of all its units: b_ih; b_hh becomes 0. Choose one, or type any number."
    field = Field("bias", f"bias of {gate.gate}", 146, explained, free=True)
    chosen_field(workspace, field, (made, *offered), gates.bias_of(source, gate) or made, change)


def _end(workspace: Workspace, chip: chain.Chip) -> str:
    """Draw the choice of layer and direction, which the picture then shows, where there are several."""
    ends = gates.ends(chip)
    depth, reverse = workspace.options.get("depth", 0), workspace.options.get("reverse", 0)
    opened = f"_l{depth}{'_reverse' if reverse else ''}"
    now = opened if opened in ends else ends[0]
    if len(ends) == 1:
        return now
    name = workspace.key("end")
    key = renewed(name, now)

    def chosen() -> None:
        layer, _, direction = str(st.session_state[key]).removeprefix("_l").partition("_")
        workspace.choose({"depth": layer, "reverse": str(int(bool(direction)))})

    st.selectbox(
        "parameters", ends, key=key, on_change=chosen, width=150, format_func=lambda end: f"…{end}",
        help="Of which layer and direction; the picture shows it, too.",
    )  # fmt: skip
    return now


def _lengths_field(workspace: Workspace, chip: chain.Chip) -> None:
    source, path = workspace.source, chip.path

    def change(typed: str) -> str:
        return source if typed == lengths.OTHER else lengths.set_lengths(source, path, typed)

    if lengths.can_pack(source, path):
        typed_field(workspace, _LENGTHS, lengths.lengths_of(source, path), change)


def _loss_field(workspace: Workspace, chip: chain.Chip) -> None:
    source, path = workspace.source, chip.path
    offered = losses.losses(source, path)

    def change(kind: str) -> str:
        if kind == losses.OTHER:
            return source
        # without a backward pass there is nothing to clip
        return losses.set_loss(without_clips(source, path) if kind == losses.NONE else source, path, kind)

    if offered:
        chosen_field(workspace, _LOSS, offered, losses.loss_of(source, path), change)


def _detach_field(workspace: Workspace, chip: chain.Chip) -> None:
    source, path = workspace.source, chip.path
    if can_detach(source, path):
        typed_field(workspace, _DETACH, detach_of(source, path), partial(set_detach, source, path))


def _clip_field(workspace: Workspace, chip: chain.Chip) -> None:
    source, path = workspace.source, chip.path
    if can_clip(source, path):
        typed_field(workspace, _CLIP, clip_of(source, path), partial(set_clip, source, path))


def _mode_field(workspace: Workspace, chip: chain.Chip) -> None:
    """Draw the field of the mode where it changes something: dropout between layers."""
    if chip.fields.get("dropout", "0.0") not in ("0", "0.0") and chip.fields.get("num_layers") != "1":
        source, path = workspace.source, chip.path
        chosen_field(workspace, _MODE, MODES, mode_of(source, path), partial(set_mode, source, path))


def _beside_field(workspace: Workspace, chip: chain.Chip) -> None:
    offered = can_stand_beside(workspace.source, chip.index)
    if not offered:
        return
    name = workspace.key("beside")
    shown = list(dict.fromkeys(beside(workspace.source, chip.index)))
    key = renewed(name, shown)

    def chosen() -> None:
        wanted = tuple(st.session_state[key])
        taken(workspace, name, key, lambda: set_beside(workspace.source, chip.index, wanted))

    st.multiselect(
        "compare with", list(dict.fromkeys([*offered, *shown])), key=key, on_change=chosen, width="stretch",
        help="Other layers on the same sequence; the gradient's chart shows all of them.", placeholder="nothing",
    )  # fmt: skip
