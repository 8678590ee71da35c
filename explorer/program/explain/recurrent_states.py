"""States that do not fit a recurrent layer: their shapes, derived one dimension after the other, and their kind."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import torch

from explorer.program.explain.encoders import encoder_of
from explorer.program.explain.model import Explanation
from explorer.program.explain.recurring import Axis, Recurring, State
from explorer.program.explain.source import parenthesised
from explorer.program.explain.text import article, dtype_text, list_text, sentence, shape_text
from explorer.program.explain.values import METHODS

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault
    from explorer.program.explain.source import Span

_MAKERS: Final = frozenset({"zeros", "ones", "rand", "randn", "empty"})


def explain_state_kind(layer: Recurring) -> Explanation | None:
    """Explain a pair where one tensor is wanted, one tensor where a pair is, and what is no tensor at all."""
    state = layer.state
    if state is None or layer.states:
        return None
    node = layer.state_node
    name = layer.fault.text.text(node) if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) else "the state"
    kind = type(layer.module).__name__
    got = article("tensor" if isinstance(state, torch.Tensor) else type(state).__name__)
    if layer.has_cell_state:
        count = f" of {len(state)}" if isinstance(state, tuple | list) else ""
        return Explanation(
            f"The state of {layer.title} is a pair (h_0, c_0): hidden state and cell state. "
            f"{sentence(name)} is {got}{count}.",
            "Hand over both, or leave the state out to start from zeros.",
            layer.fault.fixes(lambda: _as_pair(layer, name)),
        )
    return Explanation(
        f"The state of {layer.title} is one tensor, h_0: {article(kind)} has no cell state. {sentence(name)} is {got}.",
        "Hand over h_0 alone, or leave it out to start from zeros.",
        layer.fault.fixes(lambda: _as_one(layer)),
    )


def _as_pair(layer: Recurring, name: str) -> Iterator[Change]:
    node = layer.state_node
    if isinstance(node, ast.Subscript):
        yield from layer.with_state(layer.fault.text.text(node.value))
    elif isinstance(layer.state, torch.Tensor) and isinstance(node, ast.Name | ast.Attribute):
        yield from layer.with_state(f"({name}, torch.zeros_like({name}))")
    yield from layer.without_state()


def _as_one(layer: Recurring) -> Iterator[Change]:
    node = layer.state_node
    if isinstance(node, ast.Tuple) and node.elts:
        yield from layer.with_state(layer.fault.text.text(node.elts[0]))
    elif isinstance(layer.state, tuple | list) and isinstance(node, ast.Name | ast.Attribute):
        yield from layer.with_state(f"{layer.fault.text.text(node)}[0]")
    yield from layer.without_state()


def explain_state_shape(layer: Recurring) -> Explanation | None:
    """Explain h_0 or c_0 of a wrong shape: each size that it must have, and where that comes from."""
    wrong = [state for state in layer.states if state.shape != state.wanted]
    if not wrong:
        return None
    state, *others = wrong
    also = "".join(
        f" {sentence(one.name)} has shape {shape_text(one.shape)} and must have {shape_text(one.wanted)}."
        for one in others
        if (one.name, one.wanted) != (state.name, state.wanted)
    )
    steps = "; ".join(f"{axis.name}: {axis.why}" for axis in state.axes)
    encoder = encoder_of(layer)
    rows = encoder.words(state) if encoder is not None else ""
    return Explanation(
        f"{sentence(state.name)} has shape {shape_text(state.shape)}. For {layer.title} and this input it must have "
        f"({', '.join(axis.name for axis in state.axes)}) = {shape_text(state.wanted)}. {steps}.{also}{rows}",
        encoder.hint(state) if encoder is not None and rows else _hint(layer),
        layer.fault.fixes(lambda: _fitting(layer, wrong)),
        _disagreeing(layer),
        _lines(state),
        _operands(layer),
    )


def _operands(layer: Recurring) -> tuple[torch.Tensor, ...]:
    """Return what the layer was given, where it was refused before any torch call."""
    given = (layer.input, *(state.value for state in layer.states))
    return tuple(one for one in given if isinstance(one, torch.Tensor)) if layer.fault.failed is None else ()


def _disagreeing(layer: Recurring) -> tuple[tuple[int, int], ...]:
    """Return the dimensions of states that have another size than they must, with the state's place among them."""
    first = len(_operands(layer)) - len(layer.states)
    return tuple(
        (first + number, dim)
        for number, state in enumerate(layer.states if first >= 0 else ())
        if len(state.shape) == len(state.wanted)
        for dim, pair in enumerate(zip(state.shape, state.wanted, strict=True))
        if pair[0] != pair[1]
    )


def _hint(layer: Recurring) -> str:
    zeros = "Without a state it starts from zeros."
    if layer.is_cell:
        return zeros
    if not layer.batched:
        return f"The input has no dimension for the batch, so the state has none. {zeros}"
    return f"A state keeps its layers first{', with batch_first=True as well' * layer.batch_first}. {zeros}"


def _fitting(layer: Recurring, wrong: Sequence[State]) -> Iterator[Change]:
    yield from _remade(layer.fault, wrong)
    encoder = encoder_of(layer)
    if encoder is not None and encoder.words(wrong[0]):
        yield from encoder.changes(wrong)
    for method in _methods(wrong[0]):
        changes = {}
        for state in wrong:
            if state.node is None:
                break
            text = parenthesised(layer.fault.text.text(state.node), state.node)
            changes[layer.fault.text.span(state.node)] = f"{text}{method}"
        else:
            yield ", ".join(changes.values()), layer.fault.text.replaced(*changes.items())
    yield from layer.without_state()


def _methods(state: State) -> Iterator[str]:
    """Yield calls that may give a state the shape that it must have, with the same numbers."""
    missing = len(state.wanted) - len(state.shape)
    if missing == 0 and len(state.shape) > 1:
        yield ".transpose(0, 1)"
    elif missing == 1:
        yield from (".unsqueeze(0)", ".unsqueeze(1)")
    elif missing == -1:
        yield from (".squeeze(1)", ".squeeze(0)")


def _remade(fault: Fault, wrong: Sequence[State]) -> Iterator[Change]:
    """Yield the program in which the states are made with the sizes that they must have."""
    changes: dict[Span, str] = {}
    for state in wrong:
        place = _sizes(fault, state)
        if place is None or changes.get(place, _listed(state)) != _listed(state):
            return
        changes[place] = _listed(state)
    names = list(dict.fromkeys(state.name for state in wrong))
    yield f"{list_text(names)} of shape {shape_text(wrong[0].wanted)}", fault.text.replaced(*changes.items())


def _listed(state: State) -> str:
    return ", ".join(map(str, state.wanted))


def _sizes(fault: Fault, state: State) -> Span | None:
    """Return where the sizes stand that a state was made with: `1, 10, 16` of `torch.zeros(1, 10, 16)`."""
    call = _made(fault, state.node)
    if call is None or not isinstance(call.func, ast.Attribute) or call.func.attr not in _MAKERS or not call.args:
        return None
    first = call.args[0]
    sizes = first.elts if isinstance(first, ast.Tuple | ast.List) and len(call.args) == 1 else call.args
    if len(sizes) != len(state.shape):
        return None
    return fault.text.span(sizes[0])[0], fault.text.span(sizes[-1])[1]


def _made(fault: Fault, node: ast.expr | None) -> ast.Call | None:
    """Return the call that made what an expression stands for."""
    if isinstance(node, ast.Call):
        return node
    if not isinstance(node, ast.Name):
        return None
    found = [
        value
        for one in ast.walk(fault.text.tree)
        if isinstance(one, ast.Assign) and one.lineno < fault.position.line
        for target, value in _pairs(one)
        if isinstance(target, ast.Name) and target.id == node.id
    ]
    last = found[-1] if found else None
    return last if isinstance(last, ast.Call) else None


def _pairs(statement: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    for target in statement.targets:
        both = (target, statement.value)
        if all(isinstance(one, ast.Tuple) for one in both):
            yield from zip(*(one.elts for one in both if isinstance(one, ast.Tuple)), strict=False)
        else:
            yield both


def _lines(state: State) -> str:
    """Write the names of the dimensions, the sizes that they must have and those that there are under each other."""
    columns = _columns(state)
    rows = [["", *(axis.name if axis else "" for axis, _ in columns)]]
    rows.append(["must have", *(str(axis.size) if axis else "" for axis, _ in columns)])
    rows.append([state.name, *("" if size is None else str(size) for _, size in columns)])
    widths = [max(len(row[column]) for row in rows) for column in range(len(columns) + 1)]
    bad = [axis is None or size != axis.size for axis, size in columns]
    marks = ["", *(("^" * width if wrong else "") for width, wrong in zip(widths[1:], bad, strict=True))]
    lines = (
        "  ".join([row[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))])
        for row in (*rows, marks)
    )
    return "\n".join(line.rstrip() for line in lines)


def _columns(state: State) -> list[tuple[Axis | None, int | None]]:
    """Pair the dimensions that a state must have with those that it has; a batch too many or missing is the middle."""
    axes: list[Axis | None] = list(state.axes)
    sizes: list[int | None] = list(state.shape)
    shorter: list[Axis | None] | list[int | None] = axes if len(axes) < len(sizes) else sizes
    while len(axes) != len(sizes):
        shorter.insert(len(shorter) // 2, None)
    return list(zip(axes, sizes, strict=True))


def explain_state_dtype(layer: Recurring) -> Explanation | None:
    """Explain a state of another dtype than the weights."""
    weight = next(layer.module.parameters())
    wrong = [state for state in layer.states if state.value.dtype != weight.dtype]
    if not wrong or not layer.fault.matches(r"same dtype|scalar type|dtype"):
        return None
    method = METHODS.get(weight.dtype, f".to(torch.{dtype_text(weight)})")

    def changes() -> Iterator[Change]:
        spans = {layer.fault.text.span(state.node): state.node for state in wrong if state.node is not None}
        texts = {span: f"{parenthesised(layer.fault.text.text(node), node)}{method}" for span, node in spans.items()}
        if texts:
            yield ", ".join(texts.values()), layer.fault.text.replaced(*texts.items())
        yield from layer.without_state()

    state = wrong[0]
    return Explanation(
        f"The weights of {layer.title} have dtype {dtype_text(weight)}, and {state.name} has dtype "
        f"{dtype_text(state.value)}. A layer does not convert its state by itself.",
        f"Convert it with `{method}`, or leave it out to start from zeros.",
        layer.fault.fixes(changes),
    )


STATES = (explain_state_kind, explain_state_shape, explain_state_dtype)
"""What explains states."""
