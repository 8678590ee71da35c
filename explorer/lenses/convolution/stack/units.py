"""The network of a program as a row of units: the layers without layers inside them, and the calls between them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F  # noqa: N812 - as everyone calls it

from explorer.trace import Step, TensorState, Trace
from explorer.trace.calls import Call
from explorer.trace.model import Detail

MAX_UNITS = 400
_JOINS = frozenset({"cat", "concat", "concatenate", "add", "iadd", "stack"})
_NO_UNITS = frozenset({"setitem", "requires_grad", "retain_grad", "copy", "fill", "zero"})


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

    @property
    def is_layer(self) -> bool:
        """Whether it is a module, or a function of `torch.nn.functional`."""
        return self.module is not None or hasattr(F, self.op.strip("_"))

    @property
    def joins(self) -> bool:
        """Whether it makes one result of several, with places."""
        return self.op.strip("_") in _JOINS and len(self.inputs) > 1 and len(self.outputs[0].shape) > 1


def units(trace: Trace, windows: Collection[int]) -> tuple[Unit, ...]:
    """Return the layers around those that slide a window, in the order in which they ran; at most `MAX_UNITS`.

    Layers, and what joins their results, are units; so is what stands between two of them. What the program computes
    from the network's result alone (a sum, a difference) is not.

    Args:
        trace: A trace with its live calls.
        windows: Numbers of the tensors that layers with a window returned.
    """
    every = list(every_unit(trace))
    makers: dict[int, int] = {}
    sources: list[tuple[int | None, ...]] = []
    for number, unit in enumerate(every):
        sources.append(tuple(makers.get(state.tensor) for state in unit.inputs))
        makers.update((state.tensor, number) for state in unit.outputs)
    return _renumbered(every, sources, _kept(every, sources, windows))


def _kept(every: list[Unit], sources: list[tuple[int | None, ...]], windows: Collection[int]) -> list[int]:
    """Return the numbers of the units of the network."""
    around = {n for n, unit in enumerate(every) if any(state.tensor in windows for state in unit.outputs)}
    for number in reversed(range(len(every))):
        if number in around:
            around.update(source for source in sources[number] if source is not None and every[source].is_layer)
    taken = {state.tensor for n in around for state in every[n].inputs}
    for number, unit in enumerate(every):
        after = any(source in around for source in sources[number])
        beside = unit.is_layer and any(state.tensor in taken for state in unit.inputs)
        if after or beside:
            around.add(number)
    needed = {number for number in around if every[number].is_layer or every[number].joins}
    for number in reversed(range(len(every))):
        if number in needed:
            needed.update(source for source in sources[number] if source in around)
    return sorted(needed)[:MAX_UNITS]


def _renumbered(every: list[Unit], sources: list[tuple[int | None, ...]], kept: list[int]) -> tuple[Unit, ...]:
    """Return the units that are kept, with sources counted among them."""
    numbers = {old: new for new, old in enumerate(kept)}
    starts = {every[n].inputs[0].tensor for n in kept if every[n].inputs and not numbers.keys() & {*sources[n]}}

    def source(state: TensorState, old: int | None) -> int | None:
        if old in numbers:
            return numbers[old]
        return -1 if state.tensor in starts else None

    return tuple(replace(every[n], sources=tuple(map(source, every[n].inputs, sources[n]))) for n in kept)


def every_unit(trace: Trace) -> Iterator[Unit]:
    """Yield all units of a trace with its live calls, whatever they depend on."""
    calls = trace.calls or (None,) * len(trace.steps)
    for step, call in zip(trace.steps, calls, strict=True):
        if step.kind == "create" or not step.outputs or step.op.strip("_") in _NO_UNITS:
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
    name = step.op.strip("_") if module is None else _called(step) or step.module_class
    label = step.module or name
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
