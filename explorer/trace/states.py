"""Turns live tensors into TensorStates, sharing what was recorded already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from explorer.trace import values
from explorer.trace.calls import node_of
from explorer.trace.graph import GraphKeeper
from explorer.trace.model import TensorState
from explorer.trace.saved_states import Layouts, SavedBatch
from explorer.trace.storages import StorageKeeper
from explorer.trace.values import has_storage, version_of

if TYPE_CHECKING:
    from collections.abc import Hashable

    import torch

    from explorer.trace.values import Array, Contents


class _Look(NamedTuple):
    """All of a tensor that can change, but for its elements, of which the versions tell."""

    storage: int
    implementation: int
    offset: int
    dtype: torch.dtype
    version: int
    written: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]
    requires_grad: bool
    retains_grad: bool
    hooks: int
    grad: tuple[int, int] | None


@dataclass(slots=True)
class _Known:
    """A tensor that was seen: its number, how it looked when its state was recorded, and that state.

    `stamp` is cheap to compare; when it is the same, nothing can have changed.
    """

    number: int
    tensor: torch.Tensor
    strided: bool
    storage: int = -1
    stamp: tuple[int, int, int] = (-1, -1, -1)
    look: _Look | None = None
    state: TensorState | None = None


class StateKeeper:
    """Numbers tensors and storages and records their states, once for each change.

    It holds on to every tensor and every storage that it has seen (`x.data = y` lets go of x's), so that neither
    object ids nor addresses are used again while the program runs. `storages` numbers those;
    `changes` grows whenever a tensor that was seen before is found to have changed. While `frozen`, tensors that were
    seen before are taken to be as they were: NumPy has written, and what came before the write is being noted.
    `graph` numbers the autograd nodes that the tensors hang on.
    """

    def __init__(self) -> None:
        self.changes = 0
        self.frozen = False
        self.storages = StorageKeeper()
        self.graph = GraphKeeper()
        self._layouts = Layouts()
        self._leaves: list[TensorState] = []
        self._tensors: dict[int, _Known] = {}
        self._rearrangements = 0
        self._trained: dict[int, torch.Tensor] = {}
        self._flats: dict[Hashable, tuple[Hashable, Array]] = {}

    @property
    def tensor_count(self) -> int:
        """How many tensors were seen; the next new one gets this number."""
        return len(self._tensors)

    def is_current(self, tensor: torch.Tensor) -> bool:
        """Tell whether the tensor was seen before and is as it was then."""
        known = self._tensors.get(id(tensor))
        return known is not None and known.look == self._look(known)

    def number_of(self, tensor: torch.Tensor) -> int | None:
        """Return the number of a tensor that was seen before, or None."""
        known = self._tensors.get(id(tensor))
        return None if known is None else known.number

    def saved_batch(self) -> SavedBatch:
        """Return what finds the states of tensors that were saved for backward a moment ago."""
        return SavedBatch(self.storages, self._layouts, self._newest)

    def settle(self) -> None:
        """Describe the autograd nodes that were found since the last time."""
        self.graph.settle(self)

    def finish(self) -> None:
        """Tell the states of leaves their AccumulateGrad nodes: those are made when a leaf is first used."""
        nodes = self.graph.leaf_nodes()
        for state in self._leaves:
            # the trace is not published yet: each state is written once, before anybody reads it
            object.__setattr__(state, "node", nodes.get(state.tensor, -1))

    def note_write(self, tensor: torch.Tensor) -> None:
        """Note that this tensor's storage was written to."""
        self.storages.note_write(self.storages.number(tensor))
        self.changes += 1

    def forget(self) -> None:
        """Note that anything may have been written to: calls were made that were not recorded."""
        self.storages.forget()
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
                self.storages.number(tensor.grad)

    def state(self, tensor: torch.Tensor) -> TensorState:
        """Return the state of `tensor` now; the same object as before if nothing changed."""
        shared = self.storages.shared_with_numpy
        known = self._tensors.get(id(tensor))
        if known is None:
            known = self._tensors[id(tensor)] = _Known(len(self._tensors), tensor, has_storage(tensor))
        elif known.state is not None and (self.frozen or (not shared and known.stamp == self._stamp(known))):
            return known.state
        look = self._look(known)
        if known.state is None or known.look != look or look.storage in shared:
            self.changes += known.state is not None
            known.storage = look.storage
            if look.requires_grad and known.strided and node_of(tensor) is None:
                self._trained[known.number] = tensor
            known.state = self._record(known, look)
            known.look = look
            self._layouts.note(known.state)
            if known.state.requires_grad and known.state.is_leaf:
                self._leaves.append(known.state)
        known.stamp = self._stamp(known)
        return known.state

    def _newest(self, tensor: torch.Tensor) -> TensorState | None:
        known = self._tensors.get(id(tensor))
        return None if known is None else known.state

    def _stamp(self, known: _Known) -> tuple[int, int, int]:
        return (version_of(known.tensor), self.storages.written(known.storage), self._rearrangements)

    def _look(self, known: _Known) -> _Look:
        """Look at a tensor, without reading a value."""
        tensor, storages = known.tensor, self.storages
        requires_grad = tensor.requires_grad
        retains_grad = requires_grad and tensor.retains_grad
        hooks = _hooks(tensor) if requires_grad else 0
        if not known.strided:
            number, shape, version = storages.number(tensor), tuple(tensor.shape), version_of(tensor)
            return _Look(number, 0, 0, tensor.dtype, version, 0, shape, (), requires_grad, retains_grad, hooks, None)
        storage = tensor.untyped_storage()
        implementation = storage._cdata
        number = storages.number_of(tensor, storage, implementation)
        grad = tensor.grad if retains_grad or (requires_grad and node_of(tensor) is None) else None
        return _Look(
            storage=number,
            implementation=implementation,
            offset=int(tensor.storage_offset()),
            dtype=tensor.dtype,
            version=version_of(tensor),
            written=storages.written(number),
            shape=tuple(tensor.shape),
            stride=tensor.stride(),
            requires_grad=requires_grad,
            retains_grad=retains_grad,
            hooks=hooks,
            grad=None if grad is None else (id(grad), version_of(grad)),
        )

    def _record(self, known: _Known, look: _Look) -> TensorState:
        tensor = known.tensor
        node = node_of(tensor)
        grad, reason = _grad(tensor, keeps_grad=look.retains_grad or (look.requires_grad and node is None))
        return TensorState(
            tensor=known.number,
            shape=look.shape,
            stride=look.stride,
            storage_offset=look.offset,
            dtype=look.dtype,
            device=tensor.device,
            requires_grad=look.requires_grad,
            is_leaf=node is None,
            grad_fn=None if node is None else node.name(),
            is_contiguous=known.strided and tensor.is_contiguous(),
            storage=look.storage,
            storage_nbytes=tensor.untyped_storage().nbytes() if known.strided else 0,
            itemsize=tensor.itemsize,
            version=look.version,
            contents=self._contents(tensor, look) if known.strided and values.has_values(tensor) else None,
            grad=grad,
            grad_reason=reason,
            node=self.graph.number(node) if node is not None else -1,
            output_nr=tensor.output_nr if node is not None else 0,
            retains_grad=look.retains_grad,
            hooks=look.hooks,
            is_inference=tensor.is_inference(),
            _live=tensor,
        )

    def _contents(self, tensor: torch.Tensor, look: _Look) -> Contents:
        if values.can_keep_storage(tensor):
            flat = self._flat(tensor, look, limit=None)
            window = values.window_of(look.shape)
            return values.Contents(flat, look.offset, look.stride, window, whole_storage=True, head=None)
        corner = values.read_window(tensor)
        head = self._flat(tensor, look, limit=values.HEAD_ELEMENTS)
        return values.Contents(corner.flat, 0, corner.stride, corner.window, whole_storage=False, head=head)

    def _flat(self, tensor: torch.Tensor, look: _Look, limit: int | None) -> Array:
        """Return the storage's elements; the same array as before when they are what they were."""
        key = (look.storage, look.dtype, limit)
        stamp = (look.version, look.written)
        known = self._flats.get(key)
        if known is not None and known[0] == stamp and look.storage not in self.storages.shared_with_numpy:
            return known[1]
        fresh = values.read_storage(tensor, limit)
        if known is not None and known[1].nbytes == fresh.nbytes and known[1].tobytes() == fresh.tobytes():
            fresh = known[1]
        self._flats[key] = (stamp, fresh)
        return fresh


def _hooks(tensor: torch.Tensor) -> int:
    """Return how many hooks hang on a tensor: those for its gradient, and those for when it was accumulated."""
    return len(tensor._backward_hooks or ()) + len(tensor._post_accumulate_grad_hooks or ())


def _grad(tensor: torch.Tensor, *, keeps_grad: bool) -> tuple[Array | None, str]:
    """Return the values of `.grad`, or None and the reason in words."""
    if not tensor.requires_grad:
        return None, "requires_grad is False: autograd does not track this tensor"
    if not keeps_grad:
        return None, "not a leaf: only leaves keep their gradient, unless retain_grad() was called"
    if tensor.grad is None:
        return None, "not computed: no backward pass has reached this tensor yet"
    if not values.has_values(tensor.grad):
        return None, "on meta there are shapes but no values"
    return values.window_array(tensor.grad), ""
