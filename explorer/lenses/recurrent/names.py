"""What gates and states are called, and what a layer is, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from explorer.lenses.recurrent.sequences import Sequence
from explorer.scene.recurrent import CellKind

Function = Literal["sigmoid", "tanh", "relu"]
_ROLES: Mapping[CellKind, Mapping[str, str]] = {
    "rnn_tanh": {"h": "hidden state"},
    "rnn_relu": {"h": "hidden state"},
    "lstm": {
        "i": "input gate",
        "f": "forget gate",
        "g": "candidate",
        "o": "output gate",
        "c": "cell state",
        "tanh c": "tanh of the cell state",
        "o·tanh c": "before the projection",
        "h": "hidden state",
    },
    "gru": {
        "r": "reset gate",
        "z": "update gate",
        "n": "candidate",
        "hn": "W_hn·h + b_hn, which r is applied to",
        "h": "hidden state",
    },
}
_OPTIONS: Mapping[str, object] = {
    "num_layers": 1,
    "nonlinearity": "tanh",
    "bias": True,
    "batch_first": False,
    "dropout": 0.0,
    "bidirectional": False,
    "proj_size": 0,
}


def roles_of(kind: CellKind) -> Mapping[str, str]:
    """Return what each gate and state does, in words, by its name."""
    return _ROLES[kind]


def state_names(kind: CellKind, *, projected: bool) -> tuple[str, ...]:
    """Return the states, and what they are made of, in the order in which they are computed."""
    if kind == "lstm":
        return ("c", "tanh c", *(("o·tanh c",) if projected else ()), "h")
    return ("hn", "h") if kind == "gru" else ("h",)


def function_of(kind: CellKind, gate: str) -> Function:
    """Return what a gate goes through."""
    if kind == "rnn_relu":
        return "relu"
    return "tanh" if gate in ("g", "n", "h") else "sigmoid"


def layer_text(sequence: Sequence) -> str:
    """Return what a layer is, as the program writes it: `LSTM(4, 6, num_layers=2)`."""
    module = sequence.first.module
    if module is None:
        return sequence.settings.kind
    sizes = (getattr(module, "input_size", "?"), getattr(module, "hidden_size", "?"))
    options = [
        f"{name}={getattr(module, name)!r}"
        for name, default in _OPTIONS.items()
        if hasattr(module, name) and getattr(module, name) != default
    ]
    return f"{type(module).__name__.removeprefix('Parametrized')}({', '.join((*map(str, sizes), *options))})"
