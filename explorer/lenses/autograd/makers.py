"""Who made each node of the graph: the step, the call inside a layer, and the tensor that hangs on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from torch import nn

from explorer.swift import swift
from explorer.trace import Step, TensorState, Trace
from explorer.trace.model import Detail

ACCUMULATE = "AccumulateGrad"
FREEZES = frozenset({"requires_grad", "requires_grad_"})
_CALLEE = re.compile(r"[\w.\[\]]+(?=\()")


@swift
@dataclass(frozen=True, eq=False)
class Maker:
    """What made a node.

    Attributes:
        step: The program's step, or None.
        detail: The call inside that step, when it was not the step's own; or None.
        state: The node's first tensor as it was seen first, or None.
    """

    step: Step | None = None
    detail: Detail | None = None
    state: TensorState | None = None


_UNKNOWN = Maker()


@dataclass(frozen=True, eq=False)
class Makers:
    """Looks up makers, leaves and names of parameters in a trace."""

    trace: Trace

    def of(self, node: int) -> Maker:
        """Return what made a node of the trace's graph."""
        return self._all[node]

    @cached_property
    def _all(self) -> list[Maker]:
        """The maker of each node; of those whose tensor nobody saw, the step alone."""
        seen, steps = self._seen, [Maker(step) for step in self.trace.steps]
        nodes = enumerate(self.trace.graph.nodes)
        return [
            seen.get(number) or (steps[node.step] if 0 <= node.step < len(steps) else _UNKNOWN)
            for number, node in nodes
        ]

    @cached_property
    def _seen(self) -> dict[int, Maker]:
        """Makers of the nodes whose tensors came out of a step, or of a call inside one."""
        found: dict[int, Maker] = {}
        for step in self.trace.steps:
            for detail in step.details:
                if not detail.is_module:
                    _note(found, step, detail, detail.outputs, detail.inputs)
            _note(found, step, None, step.outputs, step.inputs)
        return found

    @cached_property
    def results_of(self) -> dict[int, tuple[int, ...]]:
        """For each step the nodes that it made, in the order in which they were found."""
        found: dict[int, list[int]] = {}
        for number, node in enumerate(self.trace.graph.nodes):
            if node.step >= 0 and node.name != ACCUMULATE:
                found.setdefault(node.step, []).append(number)
        return {step: tuple(nodes) for step, nodes in found.items()}

    @cached_property
    def leaves(self) -> dict[int, TensorState]:
        """The leaves that can get a gradient, by the tensor's number: as each was seen first.

        A look at a parameter under `no_grad` is a leaf for torch; one that only library code took is left out.
        """
        found: dict[int, TensorState] = {}
        for state in self._states():
            if state.requires_grad and state.is_leaf:
                found.setdefault(state.tensor, state)
        outside = {state.tensor for state in self._states(details=False)}
        return {tensor: state for tensor, state in found.items() if state.node >= 0 or tensor in outside}

    @cached_property
    def first_step(self) -> dict[int, int]:
        """For each tensor the first step that took or gave it."""
        found: dict[int, int] = {}
        for step in self.trace.steps:
            for state in (*step.outputs, *step.inputs, *(s for d in step.details for s in (*d.inputs, *d.outputs))):
                found.setdefault(state.tensor, step.index)
        return found

    @cached_property
    def module_tensors(self) -> dict[int, tuple[str, bool]]:
        """(path, whether it is a parameter) of the tensors of the modules that the program called, by `id`."""
        found: dict[int, tuple[str, bool]] = {}
        called: dict[int, tuple[str, nn.Module]] = {}
        for step, call in zip(self.trace.steps, self.trace.calls or (), strict=False):
            if call is not None and isinstance(call.function, nn.Module):
                called.setdefault(id(call.function), (step.module or _callee(step), call.function))
        for prefix, module in called.values():
            found |= {id(tensor): (_path(prefix, path), True) for path, tensor in module.named_parameters()}
            found |= {id(tensor): (_path(prefix, path), False) for path, tensor in module.named_buffers()}
        return found

    @cached_property
    def paths(self) -> dict[int, str]:
        """Paths of the parameters of modules that were called (`net.0.weight`), by the tensor's number."""
        written = (state for step in self.trace.steps if step.op in FREEZES for state in step.outputs)
        owned = ((state.tensor, self.in_module(state)) for state in (*self.leaves.values(), *written))
        return {tensor: path[0] for tensor, path in owned if path is not None}

    @cached_property
    def classes(self) -> dict[str, str]:
        """Class names of modules by their path, as far as any was called."""
        found: dict[str, str] = {}
        for step in self.trace.steps:
            if step.module:
                found.setdefault(step.module, step.module_class)
            for detail in step.details:
                if detail.module:
                    found.setdefault(detail.module, detail.module_class)
        return found

    def in_module(self, state: TensorState) -> tuple[str, bool] | None:
        """Return (path, whether it is a parameter) of a tensor that a module owns; None for others."""
        return self.module_tensors.get(id(state._live)) if state._live is not None else None

    def _states(self, *, details: bool = True) -> Iterator[TensorState]:
        for step in self.trace.steps:
            for detail in step.details if details else ():
                yield from detail.inputs
                yield from detail.outputs
            yield from step.inputs
            yield from step.outputs
        for bindings in self.trace.bindings:
            for binding in bindings:
                yield binding.state


def _note(
    found: dict[int, Maker],
    step: Step,
    detail: Detail | None,
    outputs: tuple[TensorState, ...],
    inputs: tuple[TensorState, ...],
) -> None:
    given = {state.node for state in inputs}
    first = {state.node: state for state in reversed(outputs)}
    for state in first.values():
        # what a call only passed on was made by another; its own step knows a result better than its last call inside
        known = found.get(state.node)
        own = known is not None and known.step is step and detail is None
        if state.node >= 0 and not state.is_leaf and (own or (known is None and state.node not in given)):
            found[state.node] = Maker(step, detail if not own or known is None else known.detail, state)


def _callee(step: Step) -> str:
    """Return what the top level calls the module that a step called: `net` of `net(x)`; "" where it is not told."""
    found = _CALLEE.match(step.expression) if step.activation == 0 else None
    return "" if found is None else found[0]


def _path(prefix: str, path: str) -> str:
    return f"{prefix}.{path}" if prefix else path
