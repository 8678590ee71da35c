"""Finds the recorded states of the tensors that autograd nodes save for backward."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from explorer.trace import values
from explorer.trace.memory import elements_at_once
from explorer.trace.model import TensorState
from explorer.trace.peeking import is_leaf
from explorer.trace.values import has_storage, version_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from explorer.trace.storages import StorageKeeper
    from explorer.trace.values import Contents

_ALSO_TRACING = True


class Layouts:
    """The newest state of each way to look at a storage."""

    def __init__(self) -> None:
        self._newest: dict[Hashable, TensorState] = {}
        self._of_storage: dict[Hashable, TensorState] = {}

    def note(self, state: TensorState) -> None:
        """Note a state that was recorded just now."""
        key = (state.storage, state.storage_offset, state.shape, state.stride, state.dtype)
        self._newest[key] = state
        self._of_storage[state.storage, state.dtype] = state

    def find(self, tensor: torch.Tensor, version: int, storage: int) -> TensorState | None:
        """Return the state of a tensor that looks at this storage as `tensor` does, if it is of the same version."""
        key = (storage, tensor.storage_offset(), tuple(tensor.shape), tensor.stride(), tensor.dtype)
        state = self._newest.get(key)
        return state if state is not None and state.version == version else None

    def contents(self, tensor: torch.Tensor, storage: int) -> Contents | None:
        """Return the values of a tensor; without a copy where those of the whole storage were recorded."""
        if not values.has_values(tensor):
            return None
        other = self._of_storage.get((storage, tensor.dtype))
        kept = other.contents if other is not None and other.version == version_of(tensor) else None
        if kept is None or not kept.whole_storage or tensor.is_conj() or tensor.is_neg():
            return values.read_window(tensor)
        window = values.window_of(tuple(tensor.shape))
        offset, stride = int(tensor.storage_offset()), tensor.stride()
        return values.Contents(kept.flat, offset, stride, window, whole_storage=True, head=None)


class SavedBatch:
    """Looks up tensors that were saved a moment ago.

    What no tensor of the program looks at (the factors of a normalisation, the indices of a pooling) gets a state of
    its own; its memory is not held on to for longer than the batch, so it is freed when backward is done with it.

    Attributes:
        hooked: Whether a hook of `saved_tensors_hooks` packs what is saved now.

    Args:
        storages: Numbers the storages.
        layouts: The newest states, by what they look at.
        known: Tells the newest state of a tensor object.
    """

    def __init__(
        self, storages: StorageKeeper, layouts: Layouts, known: Callable[[torch.Tensor], TensorState | None]
    ) -> None:
        self.hooked = torch._C._autograd._top_saved_tensors_default_hooks(_ALSO_TRACING) is not None
        self._known = known
        self._storages = storages
        self._layouts = layouts
        self._unseen: dict[int, int] = {}
        self._alive: list[torch.UntypedStorage] = []
        self._states: dict[Hashable, TensorState] = {}

    def find(self, tensor: torch.Tensor, version: int) -> tuple[int, TensorState | None]:
        """Return the number of the tensor's storage, and its state; None when it has no values to read."""
        state = self._known(tensor)
        if state is not None and state.version == version:
            return state.storage, state
        if not has_storage(tensor):
            return -1, None
        storage = tensor.untyped_storage()
        unseen = self._unseen.get(storage._cdata)
        if unseen is not None:
            return unseen, self._again(tensor, version, storage, unseen)
        number = self._storages.find(tensor, storage)
        if number is None:
            self._alive.append(storage)  # as long as the batch, so that no other one gets its address
            number = self._unseen[storage._cdata] = self._storages.spare()
            return number, self._again(tensor, version, storage, number)
        state = self._layouts.find(tensor, version, number)
        if state is None:
            state = _unnamed(tensor, version, storage, number, self._layouts.contents(tensor, number))
            self._layouts.note(state)
        return number, state

    def _again(self, tensor: torch.Tensor, version: int, storage: torch.UntypedStorage, number: int) -> TensorState:
        """Return the state of a tensor in unseen memory: that of another node that saved the same, or a new one."""
        place = (number, tensor.storage_offset(), tensor.shape, tensor.stride())
        key = (place, version, tensor.dtype, tensor.requires_grad)
        state = self._states.get(key)
        if state is None:
            state = self._states[key] = _unnamed(tensor, version, storage, number, _copied(tensor))
        return state


def _copied(tensor: torch.Tensor) -> Contents | None:
    if tensor.numel() <= values.KEEP_ELEMENTS:
        found = elements_at_once(tensor)
        if found is not None:
            return values.Contents(found.reshape(-1), 0, tensor.stride(), found.shape, whole_storage=False, head=None)
    return values.read_window(tensor) if values.is_readable(tensor) else None


def _unnamed(
    tensor: torch.Tensor, version: int, storage: torch.UntypedStorage, number: int, contents: Contents | None
) -> TensorState:
    """Return the state of a tensor that the program has no object for; its number is -1."""
    return TensorState(
        tensor=-1,
        shape=tuple(tensor.shape),
        stride=tensor.stride(),
        storage_offset=int(tensor.storage_offset()),
        dtype=tensor.dtype,
        device=tensor.device,
        requires_grad=tensor.requires_grad,
        is_leaf=is_leaf(tensor),
        grad_fn=None,
        is_contiguous=tensor.is_contiguous(),
        storage=number,
        storage_nbytes=storage.nbytes(),
        itemsize=tensor.itemsize,
        version=version,
        contents=contents,
        grad_reason="saved for backward: no name of the program holds it",
    )
