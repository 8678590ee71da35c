"""The recorded calls that lead from leaves to a tensor, to be made again in order, as one computation.

Views stay views and writes in place are seen through them, as in the program. What autograd takes as constant stays as
it was recorded: numbers, masks, what was computed under `no_grad` or detached.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from explorer.trace.replay import CannotReplayError, Replay, as_it_was, replay_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from explorer.trace.model import Step, TensorState, Trace

MAX_LINKS = 2_000
# Elements of all tensors of all calls together.
MAX_ELEMENTS = 1 << 20


@dataclass(frozen=True, eq=False)
class Leaf:
    """A leaf that the chain starts from: its number and its state when it was first used."""

    tensor: int
    state: TensorState


@dataclass(frozen=True, eq=False)
class Link:
    """One call of a chain.

    Attributes:
        step: Its step.
        replay: The call with what its tensors held.
        sources: For each of its tensors (arguments, then parameters) the number of a leaf or of a result of an earlier
            link; -1 for a constant.
    """

    step: Step
    replay: Replay
    sources: tuple[int, ...]


Seen = Callable[["Step", list[torch.Tensor]], None]


@dataclass(frozen=True, eq=False)
class Chain:
    """The calls between leaves and a root.

    Attributes:
        leaves: Where it starts, in the order of use.
        links: The calls, in order.
        root: Number of the tensor that it leads to.
    """

    leaves: tuple[Leaf, ...]
    links: tuple[Link, ...]
    root: int

    def run(self, values: Mapping[int, torch.Tensor], seen: Seen | None = None) -> torch.Tensor:
        """Make the calls again and return the root.

        Args:
            values: For each leaf, by its number, what it holds now.
            seen: Told of each step with its results, right after it.

        Raises:
            CannotReplayError: A call does not run, or returns something else.
        """
        held = dict(values)
        for link in self.links:
            given = [
                value.clone() if source < 0 else held[source]
                for source, value in zip(link.sources, link.replay.values, strict=True)
            ]
            try:
                results = link.replay.results(given, link.replay.call.generator)
            except CannotReplayError:
                raise
            except Exception as error:  # torch raises many kinds, and modules of the program any
                raise CannotReplayError(f"`{link.step.expression}` does not run again") from error
            if len(results) != len(link.step.outputs):
                raise CannotReplayError(f"`{link.step.expression}` returns something else when it is made again")
            held.update(zip((state.tensor for state in link.step.outputs), results, strict=True))
            if seen is not None:
                seen(link.step, results)
        return held[self.root]


def chain_to(trace: Trace, root: TensorState, clock: int) -> Chain:
    """Return the calls that lead to `root` from the leaves behind it.

    Args:
        trace: The run, with its live calls.
        root: A tensor.
        clock: How many steps had ended when it is looked at.

    Raises:
        CannotReplayError: A call on the way was not kept, or its values are gone.
    """
    if trace.calls is None:
        raise CannotReplayError("its calls were not kept")
    steps = _steps_to(trace, root, clock)
    if len(steps) > MAX_LINKS:
        raise CannotReplayError(f"{len(steps):,} calls lead to it, too many to make again")
    if sum(map(elements_of, steps)) > MAX_ELEMENTS:
        raise CannotReplayError("the tensors on the way are too large to compute it again")
    numbers = _numbers(trace.steps[:clock])
    leaves: dict[int, Leaf] = {}
    made: set[int] = set()
    links = []
    for step in steps:
        call = trace.calls[step.index]
        if call is None:
            raise CannotReplayError(f"the call of `{step.expression}` was not kept")
        replay = replay_of(step, call, 0)
        states = [*step.inputs, *_parameters(trace, step, numbers)]
        for state in states:
            if state is not None and state.tensor not in made and _is_leaf(state):
                leaves.setdefault(state.tensor, Leaf(state.tensor, state))
        known = made | set(leaves)
        sources = tuple(-1 if s is None or s.tensor not in known else s.tensor for s in states)
        links.append(Link(step, replay, sources))
        made |= {state.tensor for state in step.outputs}
    if root.tensor not in made or not leaves:
        raise CannotReplayError("no recorded call leads to it from a leaf")
    return Chain(tuple(leaves.values()), tuple(links), root.tensor)


def elements_of(step: Step) -> int:
    """Return how many elements the tensors have that a step took, used inside, and made."""
    inside = (state for detail in step.details for state in (*detail.inputs, *detail.outputs))
    return sum({state.tensor: state.numel for state in (*step.inputs, *step.outputs, *inside)}.values())


def _is_leaf(state: TensorState) -> bool:
    return state.is_leaf and state.requires_grad


def _numbers(steps: Iterable[Step]) -> dict[int, TensorState]:
    """Return the first state of each tensor that was seen, by the id of the live tensor."""
    found: dict[int, TensorState] = {}
    for step in steps:
        for states in (step.inputs, step.outputs, *(part for d in step.details for part in (d.inputs, d.outputs))):
            for state in states:
                if state._live is not None:
                    found.setdefault(id(state._live), state)
    return found


def _parameters(trace: Trace, step: Step, numbers: Mapping[int, TensorState]) -> list[TensorState | None]:
    """Return the states of the parameters of a module's call, as they were then; None of those not seen."""
    call = None if trace.calls is None else trace.calls[step.index]
    if call is None or not isinstance(call.function, torch.nn.Module):
        return []
    used = _numbers([step])
    return [used.get(id(one), numbers.get(id(one))) for one in call.function.parameters()]


class _Walk:
    """Walks back from a root and finds the steps that it was computed by."""

    def __init__(self, trace: Trace, root: TensorState, clock: int) -> None:
        self._steps = trace.steps[:clock]
        self._wanted = {root.tensor}
        self._storages = {root.storage}
        self._written = {out.tensor for step in self._steps if step.kind == "inplace" for out in step.outputs}
        self._reads_gradients = False
        functions = {site.function for step in self._steps for site in step.stack}
        self._own = {step.op: f"{step.op}.forward" for step in self._steps if f"{step.op}.forward" in functions}

    def steps(self) -> list[Step]:
        """Return the steps in order."""
        found = [step for step in reversed(self._steps) if self._takes(step)]
        return found[::-1]

    def _takes(self, step: Step) -> bool:
        """Tell whether a step is on the way; if so, what it took is looked for from then on."""
        made = any(state.tensor in self._wanted for state in step.outputs)
        # what fills `.grad` has no result
        made |= self._reads_gradients and step.kind == "backward" and not step.outputs
        wrote = step.kind == "inplace" and any(state.storage in self._storages for state in step.outputs)
        if not (made or wrote) or step.op in self._own or self._is_constant(step):
            return False
        self._reads_gradients |= step.expression.endswith(".grad")
        self._wanted |= {state.tensor for state in step.inputs if not _is_leaf(state)}
        # who writes to a leaf writes between two backward passes: an optimiser
        self._storages |= {state.storage for state in (*step.inputs, *step.outputs) if not _is_leaf(state)}
        return True

    def _is_constant(self, step: Step) -> bool:
        """Tell whether autograd takes a step's results as constant; not so inside of the program's own functions."""
        if any(state.requires_grad for state in step.outputs) or step.kind in {"inplace", "backward"}:
            return False
        if any(site.function in self._own.values() for site in step.stack):
            return False
        return not any(state.tensor in self._written for state in step.outputs)


def _steps_to(trace: Trace, root: TensorState, clock: int) -> list[Step]:
    return _Walk(trace, root, clock).steps()


def value_of(leaf: Leaf) -> torch.Tensor:
    """Return what a leaf held when the chain first used it.

    Raises:
        CannotReplayError: That is gone.
    """
    live = leaf.state._live
    value = None if live is None else as_it_was(live, leaf.state)
    if value is None:
        raise CannotReplayError("what a leaf held is gone")
    return laid_out(value, leaf.state)


def laid_out(value: torch.Tensor, state: TensorState) -> torch.Tensor:
    """Return a copy of `value` with the strides that the tensor had: which node an operation makes depends on them.

    Where elements share memory other than by `expand`, it is contiguous.
    """
    repeated = [size > 1 and stride == 0 for size, stride in zip(state.shape, state.stride, strict=False)]
    own = value[tuple(slice(0, 1) if one else slice(None) for one in repeated)]
    copy = torch.empty_strided(own.shape, state.stride if state.stride else own.stride(), dtype=value.dtype)
    try:
        return copy.copy_(own).expand(state.shape).detach()
    except RuntimeError:  # torch does not write where elements share memory
        return value.clone(memory_format=torch.contiguous_format)


def state_of(trace: Trace, number: int, clock: int) -> TensorState:
    """Return the last state of a tensor before a moment.

    Args:
        trace: The run.
        number: The tensor's number.
        clock: How many steps had ended.

    Raises:
        CannotReplayError: No step made or took it.
    """
    for step in reversed(trace.steps[:clock]):
        for state in (*step.outputs, *step.inputs):
            if state.tensor == number:
                return state
    raise CannotReplayError("no recorded call made it")
