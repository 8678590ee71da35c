"""Turns live tensors into TensorStates, sharing what was recorded already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from explorer.trace import values
from explorer.trace.model import TensorState

if TYPE_CHECKING:
    from collections.abc import Hashable

    from explorer.trace.values import Array, Contents


class StateKeeper:
    """Numbers tensors and storages and records their states, once for each change.

    It holds on to every tensor that it has seen, so that neither object ids nor addresses are used again while
    the program runs.
    """

    def __init__(self) -> None:
        self._tensors: dict[int, tuple[int, torch.Tensor]] = {}
        self._storages: dict[Hashable, int] = {}
        self._storage_count = 0
        self._states: dict[Hashable, TensorState] = {}
        self._flats: dict[Hashable, Array] = {}
        self._shared_with_numpy: set[int] = set()

    def knows_storage(self, tensor: torch.Tensor) -> bool:
        """Tell whether a tensor with this storage was seen before."""
        return any(key in self._storages for key in _storage_keys(tensor))

    def storage_number(self, tensor: torch.Tensor) -> int:
        """Return the number of the tensor's storage, a new one when it was not seen before."""
        keys = _storage_keys(tensor)
        number = next((self._storages[key] for key in keys if key in self._storages), None)
        if number is None:
            number = self._storage_count
            self._storage_count += 1
        for key in keys:
            self._storages.setdefault(key, number)
        return number

    def share_with_numpy(self, tensor: torch.Tensor) -> None:
        """Note that NumPy can write to this storage without torch's version counter telling."""
        self._shared_with_numpy.add(self.storage_number(tensor))

    def note_gradients(self) -> None:
        """Number the storages of gradients that a backward pass made: reading `.grad` later makes nothing new."""
        for _, tensor in list(self._tensors.values()):
            if tensor.is_leaf and tensor.grad is not None:
                self.storage_number(tensor.grad)

    def state(self, tensor: torch.Tensor) -> TensorState:
        """Return the state of `tensor` now; the same object as before if nothing changed."""
        number, _ = self._tensors.setdefault(id(tensor), (len(self._tensors), tensor))
        storage = self.storage_number(tensor)
        key = (
            number,
            storage,
            _version(tensor),
            tensor.shape,
            _stride(tensor),
            tensor.requires_grad,
            _grad_key(tensor),
        )
        if key not in self._states or storage in self._shared_with_numpy:
            self._states[key] = self._record(tensor, number, storage)
        return self._states[key]

    def _record(self, tensor: torch.Tensor, number: int, storage: int) -> TensorState:
        grad, reason = _grad(tensor)
        strided = tensor.layout == torch.strided
        return TensorState(
            tensor=number,
            shape=tuple(tensor.shape),
            stride=_stride(tensor),
            storage_offset=int(tensor.storage_offset()) if strided else 0,
            dtype=tensor.dtype,
            device=tensor.device,
            requires_grad=tensor.requires_grad,
            is_leaf=tensor.is_leaf,
            grad_fn=None if tensor.grad_fn is None else tensor.grad_fn.name(),
            is_contiguous=tensor.is_contiguous() if strided else False,
            storage=storage,
            storage_nbytes=tensor.untyped_storage().nbytes() if strided else 0,
            itemsize=tensor.itemsize,
            version=_version(tensor),
            contents=self._contents(tensor, storage) if values.has_values(tensor) else None,
            grad=grad,
            grad_reason=reason,
            _live=tensor,
        )

    def _contents(self, tensor: torch.Tensor, storage: int) -> Contents:
        if values.can_keep_storage(tensor):
            flat = self._flat(tensor, storage, limit=None)
            window, stride = values.window_of(tuple(tensor.shape)), tuple(tensor.stride())
            return values.Contents(flat, int(tensor.storage_offset()), stride, window, whole_storage=True, head=None)
        corner = values.read_window(tensor)
        head = self._flat(tensor, storage, limit=values.HEAD_ELEMENTS)
        return values.Contents(corner.flat, 0, corner.stride, corner.window, whole_storage=False, head=head)

    def _flat(self, tensor: torch.Tensor, storage: int, limit: int | None) -> Array:
        key = (storage, _version(tensor), tensor.dtype, limit)
        if storage in self._shared_with_numpy:
            fresh = values.read_storage(tensor, limit)
            known = self._flats.get(key)
            if known is None or known.tobytes() != fresh.tobytes():
                self._flats[key] = fresh
        elif key not in self._flats:
            self._flats[key] = values.read_storage(tensor, limit)
        return self._flats[key]


def _storage_keys(tensor: torch.Tensor) -> tuple[Hashable, ...]:
    """Return what identifies the storage: its implementation object, and its address where it has one."""
    if tensor.layout != torch.strided:
        return (("tensor", id(tensor)),)
    storage = tensor.untyped_storage()
    implementation = ("storage", storage._cdata)
    address = 0 if tensor.device.type == "meta" else storage.data_ptr()
    if not address:
        return (implementation,)
    return (implementation, ("address", tensor.device.type, tensor.device.index, address))


def _stride(tensor: torch.Tensor) -> tuple[int, ...]:
    return tuple(tensor.stride()) if tensor.layout == torch.strided else ()


def _version(tensor: torch.Tensor) -> int:
    return 0 if tensor.is_inference() else tensor._version


def _grad_key(tensor: torch.Tensor) -> Hashable:
    if not (tensor.is_leaf and tensor.grad is not None):
        return None
    return (id(tensor.grad), tensor.grad._version)


def _grad(tensor: torch.Tensor) -> tuple[Array | None, str]:
    """Return the values of `.grad`, or None and the reason in words."""
    if not tensor.requires_grad:
        return None, "requires_grad is False: autograd does not track this tensor"
    if not tensor.is_leaf and not tensor.retains_grad:
        return None, "not a leaf: only leaves keep their gradient, unless retain_grad() was called"
    if tensor.grad is None:
        return None, "not computed: no backward pass has reached this tensor yet"
    if not values.has_values(tensor.grad):
        return None, "on meta there are shapes but no values"
    return values.to_numpy(tensor.grad), ""
