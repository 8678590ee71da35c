"""The layers of a run that slide a window, in the order in which they ran."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F  # noqa: N812 - as everyone calls it

from explorer.lenses.calls import label_of, module_of, states_of
from explorer.lenses.convolution.settings import SIGNATURES, Settings, Signature, bound, settings_of
from explorer.scene import Span
from explorer.trace import Step, TensorState, Trace
from explorer.trace.calls import Call
from explorer.trace.model import Detail

# along one dimension: positions of the padded input, and cells of all windows together
MAX_POSITIONS = 200_000
MAX_TAPS = 1_000_000


@dataclass(frozen=True, eq=False)
class WindowCall:
    """One call of a layer that slides a window.

    A layer that pads with anything but zeros calls `pad` first: both are one layer here, `input` is what was padded.

    Attributes:
        step: Index of its step in `Trace.steps`.
        detail: Index in the details of that step of the call itself; -1: the step is the call.
        path: Path of its module (`features.3`); "" for a function's call and for the outermost module.
        label: What people call it: path, name, or the expression.
        module: The live module, or None.
        call: The live call of torch's function; its input is the padded one.
        signature: What is called.
        settings: Its parameters.
        input: Before the call, (N, C, *sizes) or (C, *sizes); of fold the columns.
        padded: The input after the layer's own `pad`, or None.
        weight, bias: As they were then; None where there is none.
        output: Its result.
        indices: Of max pooling with `return_indices`, else None.
        span: The program's expression.
    """

    step: int
    detail: int
    path: str
    label: str
    module: torch.nn.Module | None
    call: Call
    signature: Signature
    settings: Settings
    input: TensorState
    padded: TensorState | None
    weight: TensorState | None
    bias: TensorState | None
    output: TensorState
    indices: TensorState | None
    span: Span

    @property
    def batched(self) -> bool:
        """Whether the tensors have a dimension for the batch."""
        if self.signature.operation == "fold":
            return len(self.input.shape) == 3
        return len(self.input.shape) == self.signature.rank + 2

    @property
    def sizes(self) -> tuple[int, ...]:
        """Spatial sizes of the input, before padding; of fold those of the result."""
        shape = self.output.shape if self.signature.operation == "fold" else self.input.shape
        return shape[-self.signature.rank :]


def window_calls(trace: Trace) -> tuple[WindowCall, ...]:
    """Return the layers of a run that slide a window, in the order in which they ran.

    Args:
        trace: A trace with its live calls; of one without, none are found.
    """
    return tuple(found for step in trace.steps for found in _calls_of(step, trace))


def is_affordable(call: WindowCall) -> bool:
    """Tell whether a layer's windows can be listed dimension by dimension."""
    settings = call.settings
    windows = call.output.shape[-call.signature.rank :]
    stretches = settings.stride if call.signature.operation in ("transposed", "fold") else (1,) * call.signature.rank
    padded = max(n * s + sum(p) for n, s, p in zip(call.sizes, stretches, settings.padding, strict=True))
    if call.signature.operation == "unfold":
        windows = tuple(n + sum(p) for n, p in zip(call.sizes, settings.padding, strict=True))
    if call.signature.adaptive:
        return padded + max(windows) <= MAX_POSITIONS
    return padded <= MAX_POSITIONS and max(m * k for m, k in zip(windows, settings.kernel, strict=True)) <= MAX_TAPS


def _calls_of(step: Step, trace: Trace) -> Iterator[WindowCall]:
    live = None if trace.calls is None else trace.calls[step.index]
    if not step.details:
        found = _window_call(step, -1, live, trace)
        if found is not None:
            yield found
        return
    for number, detail in enumerate(step.details):
        found = _window_call(step, number, detail.call, trace)
        if found is not None:
            yield found


def _window_call(step: Step, number: int, call: Call | None, trace: Trace) -> WindowCall | None:
    made = step if number < 0 else step.details[number]
    signature = SIGNATURES.get(made.op)
    if call is None or signature is None or not made.outputs or not made.inputs:
        return None
    if made.op in ("unfold", "fold") and call.function not in (F.unfold, F.fold):
        return None  # `Tensor.unfold` is another function
    given = bound(signature, call.arguments, call.keywords)
    states = states_of(given, made.inputs)
    if "input" not in states:
        return None
    settings = settings_of(signature, given, states["input"].shape[-signature.rank :])
    padding = _own_padding(step, number)
    path = step.module if number < 0 else step.details[number].module
    found = WindowCall(
        step=step.index,
        detail=number,
        path=path,
        label=label_of(step, path),
        module=module_of(step, path, trace),
        call=call,
        signature=signature,
        settings=settings,
        input=states["input"],
        padded=None,
        weight=states.get("weight"),
        bias=states.get("bias"),
        output=made.outputs[0],
        indices=made.outputs[1] if signature.operation == "max" and len(made.outputs) > 1 else None,
        span=Span(step.line, step.column, step.end_line, step.end_column),
    )
    return found if padding is None else _with_padding(found, padding)


def _own_padding(step: Step, number: int) -> Detail | None:
    """Return the call of `pad` that a convolution's module made for it, or None."""
    if number < 1:
        return None
    before, here = step.details[number - 1], step.details[number]
    pads = before.op == "pad" and before.call is not None and before.outputs[0].tensor == here.inputs[0].tensor
    own = before.module == here.module and here.module_class.removeprefix("Lazy").startswith("Conv")
    return before if pads and own else None


def _with_padding(found: WindowCall, padding: Detail) -> WindowCall:
    """Return the layer with what its module's own `pad` did."""
    assert padding.call is not None  # noqa: S101 - the caller has checked; this is for the type checker
    pairs = padding.call.arguments[1] if len(padding.call.arguments) > 1 else padding.call.keywords["pad"]
    mode = str(padding.call.keywords.get("mode", "constant"))
    # torch lists the pairs from the last dimension to the first
    each = tuple((int(pairs[place]), int(pairs[place + 1])) for place in range(len(pairs) - 2, -1, -2))
    settings = replace(found.settings, padding=each, padding_mode="zeros" if mode == "constant" else mode)
    return replace(found, settings=settings, input=padding.inputs[0], padded=found.input)
