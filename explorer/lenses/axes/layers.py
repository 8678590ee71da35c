"""What layers tell of the dimensions of what goes into them and comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from explorer.lenses.axes.carry import Names
    from explorer.trace import Step, TensorState
    from explorer.trace.calls import Call
    from explorer.trace.model import Detail

_SPACE = {1: ("L",), 2: ("H", "W"), 3: ("D", "H", "W")}
_SPATIAL = ("conv", "convtranspose", "maxpool", "avgpool", "adaptiveavgpool", "adaptivemaxpool", "lppool", "batchnorm",
            "instancenorm", "dropout")  # fmt: skip
_RECURRENT = frozenset({"LSTM", "GRU", "RNN"})
_ATTENTION = frozenset({"MultiheadAttention", "TransformerEncoderLayer", "TransformerDecoderLayer"})


def told(step: Step, call: Call | None) -> Iterator[tuple[TensorState, Names]]:
    """Yield the tensors whose dimensions a step's layer, or one inside it, tells, with their names."""
    kind = step.module_class or step.op
    module = call.function if call is not None and isinstance(call.function, torch.nn.Module) else None
    if step.inputs:
        yield from _known(step.inputs[0], names_for(kind, len(step.inputs[0].shape), module))
    if step.outputs and step.kind != "create":
        yield from _known(step.outputs[0], _of_result(kind, step.outputs[0], module))
    for detail in step.details:
        if detail.is_module and detail.inputs:
            yield from _known(detail.inputs[0], _inside(detail))


def names_for(kind: str, rank: int, module: torch.nn.Module | None = None) -> Names:
    """Return the names of the dimensions of what goes into a layer; () when it does not tell.

    Args:
        kind: Class name of the layer (`Conv2d`) or name of the function (`conv2d`).
        rank: Number of dimensions of the tensor.
        module: The layer itself, which knows whether the batch comes first.
    """
    plain = kind.lower().replace("_", "")
    if plain[:-2] in _SPATIAL and plain[-2:] in ("1d", "2d", "3d"):
        return _spatial(plain, rank)
    if kind in _RECURRENT or kind in _ATTENTION:
        return _sequence(kind, rank, batch_first=bool(getattr(module, "batch_first", False)), sure=module is not None)
    if plain == "linear" and rank > 0:
        return (*("",) * (rank - 1), "features")
    return ()


def _spatial(plain: str, rank: int) -> Names:
    space = _SPACE[int(plain[-2])]
    if plain == "batchnorm1d" and rank == 2:
        return ("N", "C")
    if rank == len(space) + 2:
        return ("N", "C", *space)
    # without a batch: torch takes it so for convolution and pooling
    return ("C", *space) if rank == len(space) + 1 and not plain.startswith(("batchnorm", "dropout")) else ()


def _sequence(kind: str, rank: int, *, batch_first: bool, sure: bool) -> Names:
    last = "E" if kind in _ATTENTION else "features"
    if rank == 2:
        return ("T", last)
    if rank != 3 or not sure:
        return ()
    return ("N", "T", last) if batch_first else ("T", "N", last)


def _of_result(kind: str, state: TensorState, module: torch.nn.Module | None) -> Names:
    rank = len(state.shape)
    if kind in ("Embedding", "embedding") and rank > 0:
        return (*("",) * (rank - 1), "E")
    return names_for(kind, rank, module)


def _inside(detail: Detail) -> Names:
    """Return what a module inside a library's call tells; whether its batch comes first is not known here."""
    return names_for(detail.module_class, len(detail.inputs[0].shape))


def _known(state: TensorState, names: Names) -> Iterator[tuple[TensorState, Names]]:
    if any(names):
        yield state, names
