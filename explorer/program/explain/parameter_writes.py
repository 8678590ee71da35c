"""Writes into parameters that a layer has no longer: other sizes, or no bias."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from explorer.program.explain.constructors import with_arguments
from explorer.program.explain.layer import Layer, described
from explorer.program.explain.model import Explanation
from explorer.program.explain.site import UNKNOWN
from explorer.program.explain.text import count_text, list_text, sentence, shape_text

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault

Shape = tuple[int, ...]

_CONVOLUTION = nn.modules.conv._ConvNd
# what a constructor is told so that a layer has no parameters of a kind
_SWITCHES = ("bias", "affine", "elementwise_affine")


@dataclass(frozen=True, eq=False)
class Write:
    """A line that writes values into a layer's parameter, or into a part of it.

    Attributes:
        statement: The line.
        place: What is written, as the line has it: `conv.weight.data[0]`.
        module: The layer.
        path: How the program calls it.
        parameter: Name of the parameter.
        slot: Sizes of what is written; None where the parameter has no such place.
        values: Sizes of what is written into it; None where that is a number.
    """

    statement: ast.stmt
    place: str
    module: nn.Module
    path: str
    parameter: str
    slot: Shape | None
    values: Shape | None

    @property
    def name(self) -> str:
        """The parameter as the program calls it."""
        return f"{self.path}.{self.parameter}"

    @property
    def whole(self) -> Shape:
        """Sizes of the whole parameter."""
        return tuple(getattr(self.module, self.parameter).shape)

    @property
    def is_kernel(self) -> bool:
        """Whether the parameter holds a convolution's kernels."""
        return self.parameter == "weight" and isinstance(self.module, _CONVOLUTION)


def explain_parameter_write(fault: Fault) -> Explanation | None:
    """Explain a write into a part that a parameter has not, or of values that do not broadcast to it."""
    write = _write(fault)
    if write is None:
        return None
    has = f"{sentence(write.name)} has shape {shape_text(write.whole)} now{_roles(write)}"
    line = f"Line {write.statement.lineno} writes"
    if write.slot is None:
        message = f"{line} to {write.place}. {has}: it has no such place."
    elif write.values is not None and _misfits(write.slot, write.values):
        part = "" if write.place.removesuffix(".data") == write.name else f", so {write.place} has "
        message = (
            f"{line} values of shape {shape_text(write.values)} into {write.place}. "
            f"{has}{part}{shape_text(write.slot) if part else ''}. {_meeting(write.slot, write.values)}"
        )
    else:
        return None
    return Explanation(
        message,
        f"Take line {write.statement.lineno} out, and the layer keeps the numbers that torch drew for it; "
        "or write what fits the new shape.",
        fault.fixes(lambda: _changes(fault, write)),
    )


def explain_missing_parameter(fault: Fault, node: ast.Attribute) -> Explanation | None:
    """Explain a parameter that is None, since the layer was made without it: `bias=False`."""
    module = fault.value(node.value)
    if not isinstance(module, nn.Module) or module._parameters.get(node.attr, UNKNOWN) is not None:
        return None
    name, path = fault.text.text(node), fault.text.text(node.value)
    layer, statement = Layer(fault, module, path, None), fault.statement
    switches = {
        word.arg: (call, word)
        for call in layer.constructors()
        for word in call.keywords
        if word.arg in _SWITCHES and isinstance(word.value, ast.Constant) and word.value.value is False
    }
    switch = next((key for key in (node.attr, *_SWITCHES) if key in switches), "")
    writes = isinstance(statement, ast.Expr) or (
        isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Subscript)
    )

    def changes() -> Iterator[Change]:
        if switch:
            yield f"{switch}=True", fault.text.replaced((fault.text.span(switches[switch][1].value), "True"))
        if writes and statement is not None:
            yield f"without line {statement.lineno}", fault.text.without(statement)

    made = f" was made with {switch}=False, so it" if switch else ""
    return Explanation(
        f"{name} is None: {path} ({described(module)}){made} has no {node.attr}.",
        f"{switch}=True gives the layer one." if switch else "Take out what needs it.",
        fault.fixes(changes),
    )


def _write(fault: Fault) -> Write | None:
    line, failed = fault.statement, fault.failed
    place = _written(line)
    target = place.value if isinstance(place, ast.Subscript) else place
    owner = target.value if isinstance(target, ast.Attribute) and target.attr == "data" else target
    if line is None or place is None or failed is None or not isinstance(owner, ast.Attribute):
        return None
    module = fault.value(owner.value)
    if not isinstance(module, nn.Module):
        return None
    parameter = module._parameters.get(owner.attr)
    if parameter is None:
        return None
    if place is not target and (failed.op.strip("_") != "setitem" or len(failed.arguments) < 2):
        return None
    slot = _slot(parameter, failed.arguments[1] if place is not target else ...)
    values = tuple(failed.tensors[-1].shape) if len(failed.tensors) > 1 else None
    return Write(line, fault.text.text(place), module, fault.text.text(owner.value), owner.attr, slot, values)


def _written(line: ast.stmt | None) -> ast.expr | None:
    """Return what a line writes into: `conv.weight.data[0]`, or the tensor whose `copy_` it calls."""
    match line:
        case ast.Assign(targets=[ast.Subscript() as place]):
            return place
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=target, attr="copy_"))):
            return target
    return None


def _slot(parameter: torch.Tensor, index: Any) -> Shape | None:  # noqa: ANN401 - whatever the program indexes with
    """Return the sizes of a part of a parameter; None where it has no such part."""
    try:
        return tuple(parameter.detach().to("meta")[index].shape)
    except IndexError:
        return None


def _misfits(slot: Shape, values: Shape) -> bool:
    """Tell values that cannot be spread over a place: unlike in an operation, the place stays as it is."""
    spare = max(len(values) - len(slot), 0)
    return bool(_unequal(slot, values)) or any(size != 1 for size in values[:spare])


def _unequal(slot: Shape, values: Shape) -> list[tuple[int, int]]:
    """Return the sizes of a place and of values that meet, counted from the right, and do not fit."""
    pairs = list(zip(slot[::-1], values[::-1], strict=False))[::-1]
    return [(cells, given) for cells, given in pairs if given not in {1, cells}]


def _meeting(slot: Shape, values: Shape) -> str:
    pairs = _unequal(slot, values)
    if not pairs:
        return f"The values have {count_text(len(values), 'dimension')}, the place {len(slot)}."
    said = [f"{count_text(given, 'value')} meet {count_text(cells, 'cell')}" for cells, given in dict.fromkeys(pairs)]
    return f"Counted from the right, {list_text(said)}."


def _roles(write: Write) -> str:
    """Say what the sizes of a convolution's weight are."""
    if not write.is_kernel:
        return ""
    transposed = getattr(write.module, "transposed", False)
    channels = "in channels, out channels / groups" if transposed else "out channels, in channels / groups"
    return f" ({channels}, kernel {' × '.join(map(str, _kernel_size(write.module)))})"


def _kernel_size(module: nn.Module) -> tuple[int, ...]:
    return module.kernel_size if isinstance(module, _CONVOLUTION) else ()


def _changes(fault: Fault, write: Write) -> Iterator[Change]:
    """Yield the program without the line, then with a kernel of the size of the values."""
    yield f"without line {write.statement.lineno}", fault.text.without(write.statement)
    own, size = _kernel_size(write.module), (write.values or ())
    size = size[-len(own) :] if write.is_kernel else ()
    if size and len(size) == len(own) and size != own:
        yield from with_arguments(Layer(fault, write.module, write.path, None), {"kernel_size": _size_text(size)})


def _size_text(size: Sequence[int]) -> str:
    return str(size[0]) if len(set(size)) == 1 else f"({', '.join(map(str, size))})"
