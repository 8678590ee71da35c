"""Recurrent layers: RNN, LSTM and GRU over a whole sequence, and their cells, which take one step."""

from __future__ import annotations

from explorer.program.builders.calls import Fields
from explorer.program.builders.groups.convolutions import count, switch
from explorer.program.builders.layer import RECURRENT, LayerType
from explorer.program.builders.parameters import Parameter
from explorer.program.builders.starts import Shape

_HIDDEN = "6"
_NONLINEARITY = Parameter(
    "nonlinearity", "nonlinearity", "word", "What the sum goes through before it is the new h.", "tanh",
    required=False, choices=("tanh", "relu"), keyword=True,
)  # fmt: skip
_SIZES = (
    count("input_size", "input_size", "Features of each time step: the last size of the input."),
    count("hidden_size", "hidden_size", "Units: how many numbers h (and c) have.", _HIDDEN),
)
_BIAS = switch("bias", "Whether two numbers, b_ih and b_hh, are added in each gate.", "True")
_LAYERS = Parameter(
    "num_layers", "num_layers", "int", "Layers above each other: each reads the output of the one below.", "1",
    required=False, keyword=True,
)  # fmt: skip
_SEQUENCE = (
    _BIAS,
    switch("batch_first", "Whether the input is (batch, time, features); else (time, batch, features)."),
    Parameter(
        "dropout", "dropout", "number", "Probability with which a number between two layers becomes 0 in training.",
        "0.0", required=False, keyword=True,
    ),
    switch("bidirectional", "Whether a second direction reads from the last step to the first."),
)  # fmt: skip
_PROJECTION = Parameter(
    "proj_size", "proj_size", "int", "Size to which h is projected, below hidden_size; 0: it is not.", "0",
    required=False, keyword=True,
)  # fmt: skip
_MINOR = ("bias", "dropout", "proj_size")


def _start(shape: Shape) -> Fields:
    return {"input_size": str(shape[-1] if len(shape) > 1 else 1)}


def _layer(name: str, summary: str, parameters: tuple[Parameter, ...], minor: tuple[str, ...]) -> LayerType:
    return LayerType(
        name, RECURRENT, summary, (*_SIZES, *parameters), _start, name.removesuffix("Cell").lower(), minor=minor
    )


_ONE_STEP = "One step of {}: the program's loop goes through the sequence."
RECURRENT_TABLE = (
    _layer(
        "LSTM",
        "Gates decide what the cell state forgets, what is written to it and what is shown of it.",
        (_LAYERS, *_SEQUENCE, _PROJECTION),
        _MINOR,
    ),
    _layer(
        "GRU",
        "Two gates decide how much of the state is kept, and how much of it the candidate sees.",
        (_LAYERS, *_SEQUENCE),
        _MINOR,
    ),
    _layer(
        "RNN",
        "The new state is tanh or relu of a sum of input and old state.",
        (_LAYERS, _NONLINEARITY, *_SEQUENCE),
        _MINOR,
    ),
    _layer("LSTMCell", _ONE_STEP.format("an LSTM"), (_BIAS,), ()),
    _layer("GRUCell", _ONE_STEP.format("a GRU"), (_BIAS,), ()),
    _layer("RNNCell", _ONE_STEP.format("an RNN"), (_BIAS, _NONLINEARITY), ()),
)
