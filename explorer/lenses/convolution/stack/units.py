"""The network of a program as a row of units: the layers without layers inside them, and the calls between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import torch

from explorer.trace import Step, TensorState, Trace
from explorer.trace.calls import Call
from explorer.trace.model import Detail

MAX_UNITS = 400


@dataclass(frozen=True, eq=False)
class Unit:
    """One layer or call that took part in a forward pass.

    Attributes:
        step: The program's step that it happened in.
        detail: Its place in `step.details`; -1: it is the step itself.
        label: What people call it: `net.0`, `conv1`, `relu`.
        layer: What it is: torch's own text of the module, or the calling expression.
        op: The module's class name, or the operation's name.
        module: The module, live; None for a function.
        inputs: The tensors that it took; of a module, without its parameters.
        outputs: What it returned.
        call: The live call, where the unit is a step of its own.
        sources: For each of `inputs`, the number of the unit that made it; -1: the network's input; None: neither.
    """

    step: Step
    detail: int
    label: str
    layer: str
    op: str
    module: torch.nn.Module | None
    inputs: tuple[TensorState, ...]
    outputs: tuple[TensorState, ...]
    call: Call | None = None
    sources: tuple[int | None, ...] = ()


def units(trace: Trace, inputs: Iterable[TensorState]) -> tuple[Unit, ...]:
    """Return the units that depend on one of some tensors, in the order in which they ran; at most `MAX_UNITS`.

    Args:
        trace: A trace with its live calls.
        inputs: What layers took. Those that no unit made are inputs of the network.
    """
    makers: dict[int, int] = dict.fromkeys((state.tensor for state in inputs), -1)
    found: list[Unit] = []
    for unit in every_unit(trace):
        sources = tuple(makers.get(state.tensor) for state in unit.inputs)
        if all(source is None for source in sources):
            continue
        if len(found) == MAX_UNITS:
            break
        makers.update((state.tensor, len(found)) for state in unit.outputs)
        found.append(replace(unit, sources=sources))
    return tuple(found)


def every_unit(trace: Trace) -> Iterator[Unit]:
    """Yield all units of a trace with its live calls, whatever they depend on."""
    calls = trace.calls or (None,) * len(trace.steps)
    for step, call in zip(trace.steps, calls, strict=True):
        if step.kind == "create" or not step.outputs:
            continue
        inner = _innermost(step)
        if inner:
            yield from (_of_detail(step, call, number) for number in inner)
        else:
            yield _of_step(step, call)


def _innermost(step: Step) -> list[int]:
    """Return the places of the details that are calls of modules without modules inside."""
    modules = [number for number, detail in enumerate(step.details) if detail.is_module and detail.outputs]
    containers = {parent for number in modules for parent in _parents(step.details[number].module)}
    return [number for number in modules if step.details[number].module not in containers]


def _parents(path: str) -> Iterator[str]:
    while "." in path:
        path = path.rpartition(".")[0]
        yield path


def _of_step(step: Step, call: Call | None) -> Unit:
    module = call.function if call is not None and isinstance(call.function, torch.nn.Module) else None
    label = step.module or (_called(step) if module is not None else step.op.strip("_"))
    layer = step.expression if module is None else _text(module)
    return Unit(step, -1, label, layer, step.module_class or step.op, module, step.inputs, step.outputs, call)


def _of_detail(step: Step, call: Call | None, number: int) -> Unit:
    detail = step.details[number]
    module = _submodule(call, step, detail)
    label = detail.module if step.module else f"{_called(step)}.{detail.module}".lstrip(".")
    layer = detail.module_class if module is None else _text(module)
    return Unit(step, number, label, layer, detail.op, module, detail.inputs, detail.outputs)


def _called(step: Step) -> str:
    """Return the name under which a step's module was called: `net` of `net(x)`; "" where it has none."""
    match = re.match(r"(?:self\.)?([A-Za-z_][\w.]*)\(", step.expression)
    return "" if match is None or match[1].startswith(("nn.", "torch.")) else match[1]


def _text(module: torch.nn.Module) -> str:
    return " ".join(repr(module).split())


def _submodule(call: Call | None, step: Step, detail: Detail) -> torch.nn.Module | None:
    """Return the module of a detail, whose path counts from the outermost module."""
    if call is None or not isinstance(call.function, torch.nn.Module):
        return None
    path = detail.module.removeprefix(f"{step.module}.") if step.module else detail.module
    try:
        return call.function.get_submodule(path)
    except AttributeError:
        return None
