"""Turns live tensors into TensorStates, sharing what was recorded already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from explorer.trace import values
from explorer.trace.calls import node_of
from explorer.trace.model import TensorState
from explorer.trace.values import has_storage

if TYPE_CHECKING:
    from collections.abc import Hashable

    from explorer.trace.values import Array, Contents


@dataclass(slots=True)
class _Known:
    """A tensor that was seen: its number, and its state when it last was looked at.

    `stamp` is cheap to compare; when it is the same, nothing can have changed.
    """

    number: int
    tensor: torch.Tensor
    storage: int = -1
    stamp: tuple[int, int, int] = (-1, -1, -1)
    fingerprint: Hashable = None
    state: TensorState | None = None


class StateKeeper:
    """Numbers tensors and storages and records their states, once for each change.

    It holds on to every tensor and every storage that it has seen (`x.data = y` lets go of x's), so that neither
    object ids nor addresses are used again while the program runs. `held_bytes` is what their storages take;
    `changes` grows whenever a tensor that was seen before is found to have changed.
    """

    def __init__(self) -> None:
        self.held_bytes = 0
        self.changes = 0
        self._tensors: dict[int, _Known] = {}
        self._storages: dict[Hashable, int] = {}
        self._storage_count = 0
        self._held_storages: list[torch.UntypedStorage] = []
        self._writes: dict[int, int] = {}
        self._rearrangements = 0
        self._generation = 0
        self._trained: dict[int, torch.Tensor] = {}
        self._flats: dict[Hashable, tuple[Hashable, Array]] = {}
        self._shared_with_numpy: set[int] = set()

    @property
    def tensor_count(self) -> int:
        """How many tensors were seen; the next new one gets this number."""
        return len(self._tensors)

    @property
    def storage_count(self) -> int:
        """How many storages were seen; the next new one gets this number."""
        return self._storage_count

    def storage_bytes(self, tensor: torch.Tensor) -> int:
        """Return the bytes of the tensor's storage, also of one on `meta`, which takes none."""
        return tensor.untyped_storage().nbytes() if has_storage(tensor) else 0

    def is_current(self, tensor: torch.Tensor) -> bool:
        """Tell whether the tensor was seen before and is as it was then."""
        known = self._tensors.get(id(tensor))
        return known is not None and known.fingerprint == self._fingerprint(tensor)

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
            if has_storage(tensor):
                self._held_storages.append(tensor.untyped_storage())
            self.held_bytes += _storage_bytes(tensor)
        for key in keys:
            self._storages.setdefault(key, number)
        return number

    def share_with_numpy(self, tensor: torch.Tensor) -> None:
        """Note that NumPy can write to this storage without torch's version counter telling."""
        self._shared_with_numpy.add(self.storage_number(tensor))

    def note_write(self, tensor: torch.Tensor) -> None:
        """Note that this storage was written to.

        `x.data` has a version counter of its own: a write through it changes `x` though x's counter stands still.
        """
        number = self.storage_number(tensor)
        self._writes[number] = self._writes.get(number, 0) + 1
        self.changes += 1

    def forget(self) -> None:
        """Note that anything may have been written to: calls were made that were not recorded."""
        self._generation += 1
        self._rearrangements += 1
        self.changes += 1

    def note_rearrangement(self) -> None:
        """Note that a call may have changed a tensor in other ways than its elements: `t_()`, `x.grad = None`."""
        self._rearrangements += 1

    def note_gradients(self) -> None:
        """Number the storages of gradients that a backward pass made: reading `.grad` later makes nothing new."""
        self._rearrangements += 1
        for tensor in self._trained.values():
            if tensor.grad is not None:
                self.storage_number(tensor.grad)

    def state(self, tensor: torch.Tensor) -> TensorState:
        """Return the state of `tensor` now; the same object as before if nothing changed."""
        known = self._tensors.get(id(tensor))
        if known is None:
            known = self._tensors[id(tensor)] = _Known(len(self._tensors), tensor)
        elif known.state is not None and known.stamp == self._stamp(known) and not self._shared_with_numpy:
            return known.state
        fingerprint = self._fingerprint(tensor)
        if known.state is None or known.fingerprint != fingerprint or self._may_differ(tensor):
            self.changes += known.state is not None
            known.storage = self.storage_number(tensor)
            if tensor.requires_grad and node_of(tensor) is None and has_storage(tensor):
                self._trained[known.number] = tensor
            known.state = self._record(tensor, known.number, known.storage)
            # anew: recording may have numbered the storage
            known.fingerprint = self._fingerprint(tensor)
        known.stamp = self._stamp(known)
        return known.state

    def _stamp(self, known: _Known) -> tuple[int, int, int]:
        return (_version(known.tensor), self._written(known.storage), self._rearrangements)

    def _written(self, storage: int) -> int:
        return self._writes.get(storage, 0) + self._generation

    def _may_differ(self, tensor: torch.Tensor) -> bool:
        return bool(self._shared_with_numpy) and self.storage_number(tensor) in self._shared_with_numpy

    def _fingerprint(self, tensor: torch.Tensor) -> Hashable:
        """Return what changes with anything that a state records, without reading a value."""
        if not has_storage(tensor):
            return (id(tensor), tuple(tensor.shape), tensor.requires_grad)
        implementation = tensor.untyped_storage()._cdata
        number = self._storages.get(("storage", implementation))
        keeps_grad = _keeps_grad(tensor)
        grad = tensor.grad if keeps_grad else None
        return (
            implementation,
            tensor.storage_offset(),
            tensor.dtype,
            _version(tensor),
            None if number is None else self._written(number),
            tensor.shape,
            tensor.stride(),
            tensor.requires_grad,
            keeps_grad,
            None if grad is None else (id(grad), _version(grad)),
        )

    def _record(self, tensor: torch.Tensor, number: int, storage: int) -> TensorState:
        grad, reason = _grad(tensor)
        node = node_of(tensor)
        strided = has_storage(tensor)
        return TensorState(
            tensor=number,
            shape=tuple(tensor.shape),
            stride=_stride(tensor),
            storage_offset=int(tensor.storage_offset()) if strided else 0,
            dtype=tensor.dtype,
            device=tensor.device,
            requires_grad=tensor.requires_grad,
            is_leaf=node is None,
            grad_fn=None if node is None else node.name(),
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
        """Return the storage's elements; the same array as before when they are what they were."""
        key = (storage, tensor.dtype, limit)
        stamp = (_version(tensor), self._written(storage))
        known = self._flats.get(key)
        if known is not None and known[0] == stamp and storage not in self._shared_with_numpy:
            return known[1]
        fresh = values.read_storage(tensor, limit)
        if known is not None and known[1].nbytes == fresh.nbytes and known[1].tobytes() == fresh.tobytes():
            fresh = known[1]
        self._flats[key] = (stamp, fresh)
        return fresh


def _storage_keys(tensor: torch.Tensor) -> tuple[Hashable, ...]:
    """Return what identifies the storage: its implementation object, and its address where it has one."""
    if not has_storage(tensor):
        return (("tensor", id(tensor)),)
    storage = tensor.untyped_storage()
    implementation = ("storage", storage._cdata)
    address = 0 if tensor.device.type == "meta" else storage.data_ptr()
    if not address:
        return (implementation,)
    return (implementation, ("address", tensor.device, address))


def _storage_bytes(tensor: torch.Tensor) -> int:
    return tensor.untyped_storage().nbytes() if has_storage(tensor) and tensor.device.type != "meta" else 0


def _stride(tensor: torch.Tensor) -> tuple[int, ...]:
    return tuple(tensor.stride()) if has_storage(tensor) else ()


def _version(tensor: torch.Tensor) -> int:
    return 0 if tensor.is_inference() else tensor._version


def _keeps_grad(tensor: torch.Tensor) -> bool:
    return tensor.requires_grad and (node_of(tensor) is None or tensor.retains_grad)


def _grad(tensor: torch.Tensor) -> tuple[Array | None, str]:
    """Return the values of `.grad`, or None and the reason in words."""
    if not tensor.requires_grad:
        return None, "requires_grad is False: autograd does not track this tensor"
    if not _keeps_grad(tensor):
        return None, "not a leaf: only leaves keep their gradient, unless retain_grad() was called"
    if tensor.grad is None:
        return None, "not computed: no backward pass has reached this tensor yet"
    if not values.has_values(tensor.grad):
        return None, "on meta there are shapes but no values"
    return values.to_numpy(tensor.grad), ""
