"""What an autograd node keeps for backward: tensors, and other values."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import torch

from explorer.trace.model import SavedTensor
from explorer.trace.values import has_storage, version_of

if TYPE_CHECKING:
    from torch.autograd.graph import Node

    from explorer.trace.saved_states import SavedBatch

Kept = tuple[tuple[SavedTensor, ...], list[tuple[str, Any]]]

PACKED = "packed by a hook"
_PREFIX = "_saved_"
_LONGEST = 80
_UNSIGNED = 2**63
_NARROW = {torch.int64: torch.int8, torch.float64: torch.float16, torch.complex128: torch.complex64}
_PLAIN = frozenset({bool, int, float, complex, str, torch.dtype, torch.device, torch.layout, torch.memory_format})


def kept_by(node: Node, batch: SavedBatch, *, late: bool) -> Kept:
    """Return the tensors that `node` keeps, and (name, value) of all else that `text_of` can write.

    Tensors that a hook of `saved_tensors_hooks` packed are not unpacked: that may compute, read a file or print.

    Args:
        node: The node.
        batch: Finds the states of tensors that were saved a moment ago.
        late: Whether the node may be older than the call that has just ended.
    """
    tensors: list[SavedTensor] = []
    constants: list[tuple[str, Any]] = []
    hooked = late or batch.hooked
    for name, attribute, raw in _attributes(type(node)):
        if hooked and raw and _is_packed(getattr(node, raw)):
            constants.append((name, PACKED))
            continue
        try:
            value = getattr(node, attribute)
        except RuntimeError:  # backward has freed it, or a write has made it unusable
            continue
        if type(value) in _PLAIN:  # most of what nodes keep
            constants.append((name, value))
        else:
            _sort(name, value, batch, tensors, constants)
    if isinstance(node, torch.autograd.function.BackwardCFunction):
        for name, value in vars(node).items():
            if name[0] != "_" and not isinstance(value, torch.Tensor):
                _sort(name, value, batch, tensors, constants)
    return tuple(tensors), constants


def _sort(
    name: str,
    value: object,
    batch: SavedBatch,
    tensors: list[SavedTensor],
    constants: list[tuple[str, Any]],
) -> None:
    """Add what a node keeps under a name to the tensors, to the constants, or to neither."""
    kind = type(value)
    if kind in _PLAIN:
        constants.append((name, value))
    elif isinstance(value, torch.Tensor):
        if _is_number(value):
            constants.append((name, value.item()))
        else:
            tensors.append(_saved(name, value, batch))
    elif type(value) is tuple:
        kinds = set(map(type, value))
        if kinds <= _PLAIN:
            constants.append((name, value))
        else:
            items = [(index, item) for index, item in enumerate(value) if isinstance(item, torch.Tensor)]
            tensors += [_saved(f"{name}[{index}]", item, batch) for index, item in items]


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
    if type(raw) is tuple:
        return any(_is_packed(part) for part in raw)
    return getattr(raw, "unpack_hook", None) is not None


def _saved(name: str, tensor: torch.Tensor, batch: SavedBatch) -> SavedTensor:
    version = version_of(tensor)
    storage, state = batch.find(tensor, version)
    shape = tuple(tensor.shape) if state is None else state.shape
    return SavedTensor(name, shape, tensor.dtype, tensor.numel() * tensor.itemsize, storage, version, state)


def _is_number(tensor: torch.Tensor) -> bool:
    """Tell whether torch made the tensor of a number of the program, as of the 3 in `x * 3`.

    Such a tensor gives way to the dtype of every other one without dimensions; a tensor of the program's own does not.
    """
    narrow = _NARROW.get(tensor.dtype)
    if narrow is None or tensor.dim() or not has_storage(tensor):
        return False
    return torch.result_type(tensor, torch.empty((), dtype=narrow)) == narrow


def text_of(value: Any) -> str:  # noqa: ANN401
    """Return a value that a node keeps as a text of bounded length."""
    text = value if isinstance(value, str) else repr(_signed(value))
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _signed(value: Any) -> Any:  # noqa: ANN401
    """Undo that torch keeps negative dimensions as unsigned numbers."""
    if type(value) is tuple:
        return tuple([_signed(item) for item in value])
    return value - 2 * _UNSIGNED if type(value) is int and value >= _UNSIGNED else value
