"""Nodes of the recorded autograd graph, alive again.

A backward pass frees what the nodes had saved. So the call that made a node is made again, on copies of what its
tensors held, and its fresh graph is walked beside the recorded one: the node that stands at the same place, with the
same name, does what the recorded one did.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import torch
from torch.autograd.function import BackwardCFunction

from explorer.trace.calls import node_of
from explorer.trace.chain import chain_to, elements_of, laid_out, state_of, value_of
from explorer.trace.replay import CannotReplayError, Replay, replay_of, undisturbed
from explorer.trace.values import has_values

if TYPE_CHECKING:
    from torch.autograd.graph import Node

    from explorer.trace.model import Step, Trace

# Elements of all tensors that a call took, used and made: more take longer than a look is worth.
MAX_ELEMENTS = 1 << 17

Shape = tuple[int, ...]
Gradients = tuple[torch.Tensor | None, ...]
_Pairs = dict[int, "Node"]


@dataclass(frozen=True, eq=False)
class Twin:
    """A live autograd node that does what a recorded one did.

    It is to be asked under `torch.no_grad()` and `undisturbed()`.
    """

    node: Node

    @cached_property
    def results(self) -> tuple[tuple[Shape, torch.dtype], ...]:
        """Shape and dtype of the node's results, which are those of the gradients that it takes."""
        return tuple((tuple(one.shape), one.dtype) for one in self._metadata(self.node))

    @cached_property
    def inputs(self) -> tuple[tuple[Shape, torch.dtype] | None, ...]:
        """Shape and dtype of each gradient that it gives; None where no gradient is needed."""
        targets = [(node, number) for node, number in self.node.next_functions]
        metadata = [None if node is None else self._metadata(node)[number] for node, number in targets]
        return tuple(None if one is None else (tuple(one.shape), one.dtype) for one in metadata)

    def raw(self, gradients: Sequence[torch.Tensor | None]) -> Gradients:
        """Return what the node itself makes of these gradients of its results; None where that is no gradient.

        Where an operation broadcast, these have the shape that it broadcast to.

        Raises:
            CannotReplayError: The node does not take them.
        """
        call: Any = self.node.apply if isinstance(self.node, BackwardCFunction) else self.node
        try:
            given = call(*gradients)
        except Exception as error:  # torch raises many kinds, and the program's own functions any
            raise CannotReplayError(f"{self.node.name()} does not take this gradient again") from error
        found = given if isinstance(given, tuple) else (given,)
        found = (*found, *[None] * (len(self.inputs) - len(found)))
        return tuple(one if fit is not None else None for one, fit in zip(found, self.inputs, strict=False))

    def fitted(self, gradients: Gradients) -> Gradients:
        """Return gradients as the engine hands them on: summed over what was broadcast, in the input's dtype."""
        return tuple(
            None if one is None or fit is None else one.sum_to_size(fit[0]).to(fit[1])
            for one, fit in zip(gradients, self.inputs, strict=True)
        )

    def __call__(self, gradients: Sequence[torch.Tensor | None]) -> Gradients:
        """Return the gradients of the node's inputs, as the engine hands them on.

        Raises:
            CannotReplayError: The node does not take these gradients.
        """
        return self.fitted(self.raw(gradients))

    @staticmethod
    def _metadata(node: Node) -> Any:  # noqa: ANN401 - torch has no public name for it
        return node._input_metadata


class Revival:
    """Makes the nodes of one trace live again; every call is made once at most.

    First the call that made a node is made again by itself. Where that gives another graph (views that were written
    to, gradients of gradients), all calls on the way to the tensor that backward started from are.

    Args:
        trace: The run, with its live calls.
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._of_steps: dict[int, _Pairs | CannotReplayError] = {}
        self._of_runs: dict[int, _Pairs | CannotReplayError] = {}
        self._followers: dict[int, dict[int, int]] = {}
        for (source, target), (gradient, _) in zip(trace.graph.edges, trace.graph.slots, strict=False):
            self._followers.setdefault(source, {})[gradient] = target

    def twin(self, number: int, run: int = -1) -> Twin:
        """Return a live twin of node `number` of `Trace.graph`.

        Args:
            number: Its number.
            run: Which run of the engine ran it, in `Trace.engine_runs`; -1: not known.

        Raises:
            CannotReplayError: The calls that made it cannot be made again, or have another graph then.
        """
        node = self._trace.graph.nodes[number]
        if node.custom:
            raise CannotReplayError("its backward is the program's own, whose lines are steps")
        known = node.step >= 0
        reason = CannotReplayError("made again, the call has another graph" if known else "no recorded call made it")
        for keep, place, revive in ((self._of_steps, node.step, self._step), (self._of_runs, run, self._run)):
            if place < 0:
                continue
            if place not in keep:
                keep[place] = _caught(revive, place)
            found = keep[place]
            if not isinstance(found, CannotReplayError) and number in found:
                return Twin(found[number])
            reason = found if isinstance(found, CannotReplayError) else reason
        raise reason

    def _step(self, index: int) -> _Pairs:
        """Pair the nodes that one step made."""
        step = self._trace.steps[index]
        call = None if self._trace.calls is None else self._trace.calls[index]
        if call is None or not step.outputs:
            raise CannotReplayError("the call that made it was not kept")
        if elements_of(step) > MAX_ELEMENTS:
            raise CannotReplayError("its tensors are too large to make the call again")
        pairs: _Pairs = {}
        results = _made_again(step, replay_of(step, call, 0))
        self._pair_results(step, results, pairs, alone=True)
        return pairs

    def _run(self, number: int) -> _Pairs:
        """Pair the nodes behind what a run of the engine started from."""
        run = self._trace.engine_runs[number]
        pairs: _Pairs = {}

        def seen(step: Step, results: list[torch.Tensor]) -> None:
            _check(step, results)
            self._pair_results(step, results, pairs, alone=False)

        for root in run.roots:
            chain = chain_to(self._trace, state_of(self._trace, root, run.clock), run.clock)
            leaves = {leaf.tensor: value_of(leaf).requires_grad_() for leaf in chain.leaves}
            with undisturbed(plain=False), torch.enable_grad():
                chain.run(leaves, seen)
        return pairs

    def _pair_results(self, step: Step, results: list[torch.Tensor], pairs: _Pairs, *, alone: bool) -> None:
        for state, result in zip(step.outputs, results, strict=False):
            node = node_of(result)
            if node is not None and state.node >= 0:
                self._pair(state.node, node, pairs, step.index if alone else -1)

    def _pair(self, number: int, node: Node, pairs: _Pairs, step: int) -> None:
        """Walk the recorded graph and the fresh one together, as far as they are alike.

        Args:
            number: Where to start in the recorded graph.
            node: Where to start in the fresh one.
            pairs: What is known; it grows.
            step: The only step whose nodes are meant; -1 for all.
        """
        nodes = self._trace.graph.nodes
        waiting = [(number, node)]
        while waiting:
            number, node = waiting.pop()
            recorded = nodes[number]
            same = node.name().rsplit("::", 1)[-1] == recorded.name
            if number in pairs or not same or (step >= 0 and recorded.step != step):
                continue
            pairs[number] = node
            followers = self._followers.get(number, {})
            for slot, (following, _) in enumerate(node.next_functions):
                if following is not None and slot in followers:
                    waiting.append((followers[slot], following))


def _made_again(step: Step, replay: Replay) -> list[torch.Tensor]:
    """Make a step's call again with gradients on; its results are live and tracked."""
    tracked = [*(state.requires_grad for state in step.inputs), *_trained(replay)]
    # a tensor that was given twice is one: what a call does may depend on it (attention of x to itself)
    copies: dict[int, torch.Tensor] = {}
    for value, state in zip(replay.values, step.inputs, strict=False):
        copies.setdefault(state.tensor, laid_out(value, state))
    given = [*(copies[state.tensor] for state in step.inputs), *(v.clone() for v in replay.values[len(step.inputs) :])]
    leaves = [
        value.requires_grad_(wanted and (value.is_floating_point() or value.is_complex()))
        for value, wanted in zip(given, tracked, strict=True)
    ]
    # a leaf may not be written to in place, and a copy of it may
    written = [leaf.clone() if step.kind == "inplace" and leaf.requires_grad else leaf for leaf in leaves]
    try:
        with undisturbed(plain=False), torch.enable_grad():
            results = replay.results(written, replay.call.generator)
    except CannotReplayError:
        raise
    except Exception as error:  # torch raises many kinds
        raise CannotReplayError("the call that made it does not run again") from error
    _check(step, results)
    return results


def _caught(revive: Callable[[int], _Pairs], place: int) -> _Pairs | CannotReplayError:
    try:
        return revive(place)
    except CannotReplayError as error:
        return error


def _trained(replay: Replay) -> list[bool]:
    parameters = dict(replay.call.function.named_parameters()) if replay.names else {}  # type: ignore[attr-defined]
    return [parameters[name].requires_grad for name in replay.names]


def _check(step: Step, results: list[torch.Tensor]) -> None:
    """See that the call gave what it gave then.

    Raises:
        CannotReplayError: It did not: it draws random numbers, or reads what has changed since.
    """
    for state, result in zip(step.outputs, results, strict=False):
        if tuple(result.shape) != state.shape:
            raise CannotReplayError("made again, the call returns something else")
        if state.values is None or not has_values(result):
            continue
        window = tuple(slice(0, size) for size in state.window)
        recorded = torch.from_numpy(state.values.copy()).to(result.dtype)
        if not close(result.detach()[window], recorded):
            raise CannotReplayError("made again, the call returns other values: it draws random numbers, or reads them")


def close(one: torch.Tensor, other: torch.Tensor, scale: float = 0.0) -> bool:
    """Tell whether two tensors of the same shape and dtype agree but for rounding; NaN equals NaN.

    Args:
        one: The first.
        other: The second.
        scale: Size of the numbers that they were computed from, where that is larger than they are.
    """
    if not (one.is_floating_point() or one.is_complex()):
        return bool(torch.equal(one, other))
    tolerance = torch.finfo(one.dtype).eps ** 0.5
    finite = other[other.isfinite()].abs()
    largest = max(float(finite.max()), scale) if finite.numel() else scale
    return bool(torch.allclose(one, other, rtol=tolerance, atol=tolerance * largest, equal_nan=True))
