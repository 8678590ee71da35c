"""The calls of a run that normalise, in the order in which they ran."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch

from explorer.lenses.calls import label_of, module_of, states_of
from explorer.lenses.normalization.affine import affine_after
from explorer.lenses.normalization.handmade import Handmade, Makers, blocks_of, handmade
from explorer.lenses.normalization.settings import SIGNATURES, Settings, Signature, settings_of
from explorer.scene import Span
from explorer.scene.norms import NormKind
from explorer.trace import Step, TensorState, Trace
from explorer.trace.calls import Call
from explorer.trace.model import Detail

_WEIGHT_NORM = "parametrizations."


@dataclass(frozen=True, eq=False)
class NormCall:
    """One call of a layer that normalises.

    Attributes:
        step: Index of its step in `Trace.steps`.
        detail: Index in the details of that step of the call itself; -1: the step is the call.
        path: Path of its module; "" for a function's call and for the outermost module.
        label: What people call it: path, name, or the expression.
        module: The live module, or None.
        owner: Of weight_norm, the module whose weight it makes; else as `module`.
        call: The live call of torch's function; of what was written by hand, its last.
        kind: Of which kind.
        given: Its arguments by name, live.
        settings: Its parameters.
        input: x before the call (v of weight_norm).
        output: y.
        weight, bias: γ and β (g of weight_norm); None where there is none.
        running_mean, running_var: Before the call; None where none are kept.
        next_mean, next_var: After it.
        span: The program's expression.
        by_hand: Of what was written by hand, what it is made of; else None.
    """

    step: int
    detail: int
    path: str
    label: str
    module: torch.nn.Module | None
    owner: torch.nn.Module | None
    call: Call
    kind: NormKind
    given: dict[str, Any]
    settings: Settings
    input: TensorState
    output: TensorState
    weight: TensorState | None
    bias: TensorState | None
    running_mean: TensorState | None
    running_var: TensorState | None
    next_mean: TensorState | None
    next_var: TensorState | None
    span: Span
    by_hand: Handmade | None = None

    @property
    def training(self) -> bool:
        """Whether it takes statistics of its input."""
        return not self.settings.running


def norm_calls(trace: Trace) -> tuple[NormCall, ...]:
    """Return the calls of a run that normalise, in the order in which they ran.

    Args:
        trace: A trace with its live calls; of one without, none are found.
    """
    makers = Makers(trace)
    return tuple(found for step in trace.steps for found in _calls_of(step, trace, makers))


def _calls_of(step: Step, trace: Trace, makers: Makers) -> Iterator[NormCall]:
    live = None if trace.calls is None else trace.calls[step.index]
    if not step.details:
        found = _norm_call(step, -1, live, trace) or _by_hand(step, live, makers)
        if found is not None:
            yield found
        return
    for number, detail in enumerate(step.details):
        if detail.op == "_weight_norm" and not step.module_class:
            continue  # its constructor, or a look at the weight
        found = _norm_call(step, number, detail.call, trace)
        if found is not None:
            yield found


def _norm_call(step: Step, number: int, call: Call | None, trace: Trace) -> NormCall | None:
    made = step if number < 0 else step.details[number]
    signature = None if call is None else SIGNATURES.get(call.function)
    if call is None or signature is None or not made.outputs:
        return None
    given = arguments_of(signature, call)
    states = states_of({name: given[name] for name in _order(signature, call)}, made.inputs)
    if "input" not in states or not states["input"].dtype.is_floating_point:
        return None
    path = step.module if number < 0 else step.details[number].module
    own = states["input"]
    return NormCall(
        step=step.index,
        detail=number,
        path=path,
        label=_label(step, path),
        module=module_of(step, path, trace),
        owner=module_of(step, path.partition(_WEIGHT_NORM)[0].removesuffix("."), trace),
        call=call,
        kind=signature.kind,
        given=given,
        settings=settings_of(signature.kind, given, own.shape, own.dtype),
        input=own,
        output=made.outputs[0],
        weight=states.get("weight"),
        bias=states.get("bias"),
        running_mean=states.get("running_mean"),
        running_var=states.get("running_var"),
        next_mean=_after(states.get("running_mean"), made),
        next_var=_after(states.get("running_var"), made),
        span=Span(step.line, step.column, step.end_line, step.end_column),
    )


def _by_hand(step: Step, call: Call | None, makers: Makers) -> NormCall | None:
    """Return what a step normalises that ends (x - mean) / deviation, or None."""
    made = None if call is None else handmade(step, makers)
    if call is None or made is None or not made.input.dtype.is_floating_point:
        return None
    blocks, after = blocks_of(made.input.shape, made.mean.shape), affine_after(step, makers)
    last, root = after.last, made.root
    eps, outside = (root.eps, 0.0) if root.inside else (0.0, root.eps)
    settings = Settings(blocks, after.along, eps=eps, running=not made.own, correction=root.correction, outside=outside)
    return NormCall(
        step=last.index,
        detail=-1,
        path="",
        label=label_of(last, ""),
        module=None,
        owner=None,
        call=call,
        kind="standard",
        given={},
        settings=settings,
        input=made.input,
        output=last.outputs[0],
        weight=after.weight,
        bias=after.bias,
        running_mean=None,
        running_var=None,
        next_mean=None,
        next_var=None,
        span=Span(last.line, last.column, last.end_line, last.end_column),
        by_hand=made,
    )


def _after(state: TensorState | None, made: Step | Detail) -> TensorState | None:
    """Return a tensor that a call took as it was after it."""
    if state is None:
        return None
    return next((written for written in made.updated if written.tensor == state.tensor), state)


def arguments_of(signature: Signature, call: Call) -> dict[str, Any]:
    """Return the arguments of a call by name; what was not given is missing."""
    return {**dict(zip(signature.names, call.arguments, strict=False)), **call.keywords}


def _order(signature: Signature, call: Call) -> tuple[str, ...]:
    """Return the names of the arguments in the order in which they were given, which is that of the states."""
    return (*signature.names[: len(call.arguments)], *call.keywords)


def _label(step: Step, path: str) -> str:
    """Return what people call a layer; weight_norm is called as the weight that it makes."""
    label = label_of(step, path)
    before, found, after = label.partition(_WEIGHT_NORM)
    return before + after.split(".")[0] if found else label
