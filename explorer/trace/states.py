"""Turns live tensors into TensorStates, sharing what was recorded already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from explorer.trace import values
from explorer.trace.graph import GraphKeeper
from explorer.trace.life import Life, Passes
from explorer.trace.looks import Known, Look, Stamp
from explorer.trace.model import TensorState
from explorer.trace.peeking import is_leaf, peeked
from explorer.trace.reasons import Wait, not_a_leaf, not_computed, not_tracked, without_values
from explorer.trace.saved_states import Layouts, SavedBatch
from explorer.trace.storages import StorageKeeper
from explorer.trace.values import has_storage, version_of
from explorer.trace.wholes import Wholes

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from explorer.trace.graph import Origin
    from explorer.trace.reasons import Pass
    from explorer.trace.values import Array, Contents

# After so many calls a tensor is not taken for one that gets its node in a moment.
_TRIES = 32


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
        self._tensors: dict[int, Known] = {}
        self._rearrangements = 0
        self._trained: dict[int, Known] = {}
        self._passes = Passes()
        self._wholes = Wholes()
        self._flats: dict[Hashable, tuple[Hashable, Array]] = {}
        self._unfinished: list[tuple[torch.Tensor, Origin, int]] = []

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

    def owners_of_gradients(self) -> dict[int, torch.Tensor]:
        """Return the tensors that were seen to be trained, by the ids of their `.grad` tensors."""
        trained = ((known.tensor.grad, known.tensor) for known in self._trained.values())
        return {id(grad): tensor for grad, tensor in trained if grad is not None}

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

    def expect_nodes(self, tensors: Iterable[torch.Tensor]) -> None:
        """Note tensors that torch gives a node in a moment: until then they look like leaves."""
        self._unfinished += [(tensor, self.graph.current, _TRIES) for tensor in tensors]

    def before(self, tensors: tuple[torch.Tensor, ...]) -> tuple[TensorState, ...]:
        """Return the states of what a call takes."""
        if self._unfinished:
            self._meet_expected()
        return tuple([self.state(tensor) for tensor in tensors])

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

    def note_setting(self, tensors: Iterable[torch.Tensor]) -> None:
        """Note that a call has set attributes of `tensors`: `x.grad = None`, `x.retain_grad()`."""
        self._rearrangements += 1
        for tensor in tensors:
            known = self._tensors.get(id(tensor))
            if known is not None and known.life is not None:
                known.life.look_at_grad(tensor, self.graph.current)
                self.state(tensor)

    def note_pass(self, done: Pass) -> None:
        """Note that the engine has run, and number the storages of the gradients that it made.

        Reading `.grad` later makes nothing new.
        """
        self._rearrangements += 1
        self.changes += 1
        self._passes.add(done)
        for known in self._trained.values():
            grad = known.tensor.grad
            if known.life is not None:
                known.life.look_at_grad(known.tensor, self.graph.current)
            if grad is not None:
                self.storages.number(grad)

    def state(self, tensor: torch.Tensor) -> TensorState:
        """Return the state of `tensor` now; the same object as before if nothing changed."""
        shared = self.storages.shared_with_numpy
        known = self._tensors.get(id(tensor))
        stamp = None
        if known is None:
            known = self._tensors[id(tensor)] = Known(len(self._tensors), tensor, has_storage(tensor))
        elif known.state is not None:
            if self.frozen:
                return known.state
            stamp = self._stamp(known)
            if not shared and known.stamp == stamp:
                return known.state
        look = self._look(known)
        if known.state is None or known.look != look or look.storage in shared:
            self.changes += known.state is not None
            known.storage = look.storage
            if look.requires_grad:  # `x.requires_grad_(False)` and `y.detach_()` take no gradient away
                known.keeps_grad = look.retains_grad or is_leaf(tensor)
            if look.requires_grad and known.strided and is_leaf(tensor):
                self._trained[known.number] = known
            known.state = self._record(known, look)
            known.look = look
            self._layouts.note(known.state)
            if known.state.requires_grad and known.state.is_leaf:
                self._leaves.append(known.state)
                self._wholes.note(known.state, tensor, look.written)
            stamp = None
        known.stamp = stamp or self._stamp(known)
        return known.state

    def _meet_expected(self) -> None:
        """Record the tensors that have their node now, as made by the call under which they were expected."""
        waiting, self._unfinished = self._unfinished, []
        for tensor, origin, tries in waiting:
            if peeked(tensor)[0] is None and tries:
                self._unfinished.append((tensor, origin, tries - 1))
                continue
            with self.graph.call(origin):
                self.state(tensor)

    def _newest(self, tensor: torch.Tensor) -> TensorState | None:
        known = self._tensors.get(id(tensor))
        return None if known is None else known.state

    def _stamp(self, known: Known) -> Stamp:
        tensor = known.tensor
        grad = tensor.grad if known.keeps_grad else None
        held = None if grad is None else (id(grad), version_of(grad))
        return (version_of(tensor), self.storages.written(known.storage), self._rearrangements, held)

    def _look(self, known: Known) -> Look:
        """Look at a tensor, without reading a value."""
        tensor, storages = known.tensor, self.storages
        requires_grad = tensor.requires_grad
        retains_grad = requires_grad and tensor.retains_grad
        hooks = _hooks(tensor) if requires_grad else 0
        if not known.strided:
            number, shape, version = storages.number(tensor), tuple(tensor.shape), version_of(tensor)
            return Look(number, 0, 0, tensor.dtype, version, 0, shape, (), requires_grad, retains_grad, hooks, None)
        storage = tensor.untyped_storage()
        implementation = storage._cdata
        number = storages.number_of(tensor, storage, implementation)
        keeps_grad = retains_grad or (is_leaf(tensor) if requires_grad else known.keeps_grad)
        grad = tensor.grad if keeps_grad else None
        held = None if grad is None else (id(grad), version_of(grad))
        passes = self._passes.count if requires_grad and keeps_grad and grad is None else 0
        version, written = version_of(tensor), storages.written(number)
        offset, shape = int(tensor.storage_offset()), tuple(tensor.shape)
        place = (number, implementation, offset, tensor.dtype, version, written, shape, tensor.stride())
        # by order: of a tuple with so many names, naming them takes longer than making it
        return Look(*place, requires_grad, retains_grad, hooks, held, passes)

    def _record(self, known: Known, look: Look) -> TensorState:
        tensor, life = known.tensor, self._lived(known, look)
        node, to_come = peeked(tensor)
        number = -1 if node is None else self.graph.foresee(node, tensor) if to_come else self.graph.number(node)
        grad = _grad_values(tensor) if look.grad is not None else None
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
            contents=self._contents(tensor, look) if known.strided and values.is_readable(tensor) else None,
            grad=grad,
            grad_reason="" if grad is not None else self._reason(known, look, life, number),
            node=number,
            output_nr=tensor.output_nr if node is not None else 0,
            retains_grad=look.retains_grad,
            hooks=look.hooks,
            is_inference=tensor.is_inference(),
            _live=tensor,
        )

    def _reason(self, known: Known, look: Look, life: Life, node: int) -> str:
        """Return why a tensor has no gradient to show, in words."""
        tensor = known.tensor
        if look.requires_grad and not look.retains_grad and not is_leaf(tensor):
            return not_a_leaf(life.origin)
        if tensor.grad is not None:
            return without_values(tensor.grad)
        if not look.requires_grad:
            in_no_grad = not life.grad_enabled
            return not_tracked(look.dtype, life.origin, is_inference=tensor.is_inference(), in_no_grad=in_no_grad)
        leaf = node if node >= 0 else self.graph.accumulator(tensor)
        passes = self._passes.since(life.born)
        return not_computed(Wait(known.number, leaf, passes, life.retained_late(node), life.cleared))

    def _lived(self, known: Known, look: Look) -> Life:
        """Return what happened to a tensor, of which a new state is being recorded."""
        if known.life is None:
            known.life = Life(self.graph.current, torch.is_grad_enabled(), self._passes.count)
        elif known.look is not None and known.look.requires_grad != look.requires_grad:
            known.life.origin = self.graph.current
        if look.retains_grad:
            known.life.retain(self._passes)
        return known.life

    def _contents(self, tensor: torch.Tensor, look: Look) -> Contents:
        if values.can_keep_storage(tensor):
            flat = self._flat(tensor, look, limit=None)
            window = values.window_of(look.shape)
            return values.Contents(flat, look.offset, look.stride, window, whole_storage=True, head=None)
        corner = values.read_window(tensor)
        head = self._flat(tensor, look, limit=values.HEAD_ELEMENTS)
        return values.Contents(corner.flat, 0, corner.stride, corner.window, whole_storage=False, head=head)

    def _flat(self, tensor: torch.Tensor, look: Look, limit: int | None) -> Array:
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


def _grad_values(tensor: torch.Tensor) -> Array | None:
    """Return the values of `.grad`, of a large one the window; None on `meta` and for sparse ones."""
    grad = tensor.grad
    return values.window_array(grad) if grad is not None and values.has_values(grad) else None
