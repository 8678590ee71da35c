"""What an autograd node keeps for backward: tensors, and other values."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import torch

from explorer.trace.model import SavedTensor
from explorer.trace.values import version_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch.autograd.graph import Node

    from explorer.trace.model import TensorState
    from explorer.trace.states import StateKeeper

Kept = tuple[tuple[SavedTensor, ...], tuple[tuple[str, str], ...]]

PACKED = "packed by a hook"
_PREFIX = "_saved_"
_LONGEST = 80
_UNSIGNED = 2**63
_PLAIN = (bool, int, float, complex, str, torch.dtype, torch.device, torch.layout, torch.memory_format)


def kept_by(node: Node, states: StateKeeper) -> Kept:
    """Return the tensors that `node` keeps, and (name, text) of its other values.

    Tensors that a hook of `saved_tensors_hooks` packed are not unpacked: that may compute, read a file or print.
    """
    batch = states.saved_batch()
    tensors: list[SavedTensor] = []
    constants: list[tuple[str, str]] = []
    for name, value in _values(node):
        if isinstance(value, torch.Tensor):
            tensors.append(_saved(name, value, *batch.find(value)))
        elif isinstance(value, tuple | list) and any(isinstance(item, torch.Tensor) for item in value):
            tensors += [
                _saved(f"{name}[{index}]", item, *batch.find(item))
                for index, item in enumerate(value)
                if isinstance(item, torch.Tensor)
            ]
        elif _is_plain(value):
            constants.append((name, _text(value)))
    return tuple(tensors), tuple(constants)


def _values(node: Node) -> Iterator[tuple[str, Any]]:
    """Yield what a node keeps, by name; nothing for what backward has freed or a write has made unusable."""
    for name, attribute, raw in _attributes(type(node)):
        if raw and _is_packed(getattr(node, raw)):
            yield name, PACKED
            continue
        try:
            yield name, getattr(node, attribute)
        except RuntimeError:
            continue
    for name, value in getattr(node, "__dict__", {}).items():
        if not name.startswith("_") and not isinstance(value, torch.Tensor):
            yield name, value


@cache
def _attributes(kind: type) -> tuple[tuple[str, str, str], ...]:
    """Return (name, attribute, attribute of the packed form or "") for all that nodes of this class keep."""
    if issubclass(kind, torch.autograd.function.BackwardCFunction):
        return (("tensors", "saved_tensors", "_raw_saved_tensors"),)
    members = vars(kind)
    return tuple(
        (name.removeprefix(_PREFIX), name, f"_raw{name}" if f"_raw{name}" in members else "")
        for name in members
        if name.startswith(_PREFIX)
    )


def _is_packed(raw: Any) -> bool:  # noqa: ANN401 - torch's SavedTensor, or a tuple of them
    parts = raw if isinstance(raw, tuple) else (raw,)
    return any(getattr(part, "unpack_hook", None) is not None for part in parts)


def _saved(name: str, tensor: torch.Tensor, storage: int, state: TensorState | None) -> SavedTensor:
    return SavedTensor(
        name=name,
        shape=tuple(tensor.shape),
        dtype=tensor.dtype,
        nbytes=tensor.numel() * tensor.itemsize,
        storage=storage,
        version=version_of(tensor),
        state=state,
    )


def _is_plain(value: object) -> bool:
    if isinstance(value, tuple | list):
        return all(_is_plain(item) for item in value)
    return isinstance(value, _PLAIN)


def _text(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, str):
        return value[:_LONGEST]
    text = repr(_signed(value))
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _signed(value: Any) -> Any:  # noqa: ANN401
    """Undo that torch keeps negative dimensions as unsigned numbers."""
    if isinstance(value, tuple | list):
        return tuple(_signed(item) for item in value)
    return value - 2 * _UNSIGNED if type(value) is int and value >= _UNSIGNED else value
