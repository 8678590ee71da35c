"""A pooling that returns its maxima and where they were, taken for one tensor."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import torch
from torch import nn

from explorer.program.explain.constructors import with_arguments
from explorer.program.explain.layer import Layer, described
from explorer.program.explain.model import Explanation
from explorer.program.explain.site import UNKNOWN
from explorer.program.explain.stacks import handed_on
from explorer.program.explain.text import shape_text

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault

_POOLS: Final = (nn.modules.pooling._MaxPoolNd, nn.modules.pooling._AdaptiveMaxPoolNd, nn.FractionalMaxPool2d)
_MISUSED: Final = r"\btuple\b"


@dataclass(frozen=True, eq=False)
class _Pair:
    """Two tensors that stand where one is wanted.

    Attributes:
        title: What made them: `net.1 (MaxPool2d(2))`, `F.max_pool2d`.
        pool: The layer that made them; None for a function.
        written: Where they stand in the text; None in a stack.
        taker: What got them: `net.2 (Flatten)`; "" where the text says it.
        value: The two; `UNKNOWN` where no name holds them.
    """

    title: str
    pool: Layer | None
    written: ast.expr | None
    taker: str
    value: object


def explain_pooled_pair(fault: Fault) -> Explanation | None:
    """Explain maxima and indices that were handed on together; None for anything else."""
    if not isinstance(fault.error, TypeError | AttributeError) or not fault.matches(_MISUSED):
        return None
    pair = _in_stack(fault) or _in_text(fault)
    if pair is None:
        return None
    got = f"{pair.taker} got both, and takes one tensor" if pair.taker else "Here one tensor is wanted"
    return Explanation(
        f"{pair.title} has return_indices=True: it returns two tensors as a tuple, the maxima and where they were"
        f"{_shapes(pair.value)}. {got}.",
        "Leave return_indices out where only the maxima go on."
        if pair.written is None
        else "`y, indices = pool(x)` takes both apart; `[0]` takes the maxima.",
        fault.fixes(lambda: _changes(fault, pair)),
    )


def explain_unpaired(fault: Fault) -> Explanation | None:
    """Explain two names for the one tensor that a max pooling returns by itself."""
    statement, call = fault.statement, getattr(fault.statement, "value", None)
    if not isinstance(fault.error, ValueError) or not fault.matches("values to unpack"):
        return None
    pool = fault.value(call.func) if isinstance(call, ast.Call) else None
    pair = isinstance(statement, ast.Assign) and len(getattr(statement.targets[0], "elts", ())) == 2
    if not pair or not isinstance(call, ast.Call) or not isinstance(pool, _POOLS) or pool.return_indices:
        return None
    return Explanation(
        f"{fault.text.text(call.func)} ({described(pool)}) returns one tensor, the maxima, and two names stand on the "
        "left. With return_indices=True it returns where they were, too.",
        "Give the pooling return_indices=True, or write one name.",
        fault.fixes(lambda: with_arguments(Layer(fault, pool, "", None), {"return_indices": "True"})),
    )


def _in_stack(fault: Fault) -> _Pair | None:
    handed = handed_on(fault)
    if handed is None or not isinstance(handed.value, tuple) or not _returns_pair(handed.maker.module):
        return None
    return _Pair(handed.maker.title, handed.maker, None, handed.taker.title, handed.value)


def _in_text(fault: Fault) -> _Pair | None:
    """Return the pair among what the failing call got, or before its dot."""
    node = fault.node
    if isinstance(node, ast.Call):
        owner = [node.func.value] if isinstance(node.func, ast.Attribute) else []
        asked = [*node.args, *(key.value for key in node.keywords), *owner]
    else:
        asked = [one for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr)] if node is not None else []
    for written in asked:
        call = _call_of(fault, written)
        module = fault.value(call.func) if call is not None else None
        if isinstance(module, nn.Module) and _returns_pair(module) and call is not None:
            title = f"{fault.text.text(call.func)} ({described(module)})"
            return _Pair(title, Layer(fault, module, "", None), written, "", fault.value(written))
        if call is not None and _function_returns_pair(fault, call):
            return _Pair(fault.text.text(call.func), None, written, "", fault.value(written))
    return None


def _call_of(fault: Fault, written: ast.expr) -> ast.Call | None:
    """Return the call that an expression is, or that its name got its value from."""
    if isinstance(written, ast.Call):
        return written
    if not isinstance(written, ast.Name) or not isinstance(fault.value(written), tuple):
        return None
    lines = [node for node in ast.walk(fault.text.tree) if isinstance(node, ast.Assign)]
    made = [
        line.value
        for line in lines
        if isinstance(line.value, ast.Call)
        and line.lineno < fault.position.line
        and any(isinstance(target, ast.Name) and target.id == written.id for target in line.targets)
    ]
    return made[-1] if made else None


def _returns_pair(module: nn.Module) -> bool:
    return isinstance(module, _POOLS) and bool(module.return_indices)


def _function_returns_pair(fault: Fault, call: ast.Call) -> bool:
    name = fault.text.text(call.func).rpartition(".")[2]
    asked = any(key.arg == "return_indices" and fault.value(key.value) is True for key in call.keywords)
    return "max_pool" in name and (asked or name.endswith("_with_indices"))


def _shapes(value: object) -> str:
    both = value if isinstance(value, tuple) and value is not UNKNOWN else ()
    shapes = [shape_text(one.shape) for one in both if isinstance(one, torch.Tensor)]
    return f", both of shape {shapes[0]}" if shapes else ""


def _changes(fault: Fault, pair: _Pair) -> Iterator[Change]:
    if pair.written is not None:
        yield from fault.with_methods(pair.written, "[0]")
    if pair.pool is not None:
        yield from with_arguments(pair.pool, {"return_indices": "False"})
