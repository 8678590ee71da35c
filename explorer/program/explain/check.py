"""Try a changed call on stand-ins for its tensors, so that only fixes that run are offered.

A program's text comes from strangers, so nothing of it is ever evaluated here: templates hold placeholders
for its parts, whose values are known, and a small interpreter walks what is left.
"""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING, Any

import torch

from explorer.program.explain.site import UNKNOWN, Site
from explorer.trace.calls import replace_tensors
from explorer.trace.peeking import is_leaf

if TYPE_CHECKING:
    from collections.abc import Callable

_SMALL = 1 << 16
_LARGEST_RESULT = 1 << 24
_OPERATORS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.MatMult: operator.matmul,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_GLOBALS: dict[str, object] = {"torch": torch, "int": int, "float": float, "bool": bool}
# the only functions that fixes write themselves; all others come in as the program's own callee
_FUNCTIONS = frozenset({"cat", "stack", "hstack", "vstack", "matmul"})


class CannotTry(Exception):  # noqa: N818 - not an error: the fix is just not offered
    """A template holds something that has no known value."""


def runs(site: Site, template: str) -> bool:
    """Whether the changed call runs: on `meta` stand-ins, and on copies of the tensors if they are small."""
    return result_of(site, template) is not None


def result_of(site: Site, template: str) -> object:
    """Return what the changed call gives for stand-ins, or None when it fails or gives too much.

    `meta` alone is not enough: its kernels accept some dtypes and overlaps that the real ones refuse.
    """
    try:
        result = _try(site, template, _meta_twin)
    except CannotTry:
        return None
    except Exception:  # noqa: BLE001, RUF100 - any failure means: not on meta
        result = None
    if isinstance(result, torch.Tensor) and result.numel() > _LARGEST_RESULT:
        return None
    if not all(_is_small(part.value) for part in site.parts):
        return result
    try:
        return _try(site, template, _real_twin)
    except Exception:  # noqa: BLE001, RUF100 - any failure means: no fix
        return None


def _try(site: Site, template: str, twin: Callable[[torch.Tensor], torch.Tensor]) -> object:
    # a newline before ")" ends a comment that the program wrote inside the call
    tree = ast.parse(f"(\n{template}\n)", mode="eval")
    # recording must not see these calls, and a program's random numbers must not change because of them
    with torch._C.DisableTorchFunction(), torch.enable_grad(), torch.random.fork_rng(devices=[]):
        values = {
            part.hole: replace_tensors(part.value, twin)
            for part in site.parts
            if part.value is not UNKNOWN and part.hole in template
        }
        return _evaluate(tree.body, values)


def _is_small(value: object) -> bool:
    if not isinstance(value, torch.Tensor):
        return not isinstance(value, list | tuple) or all(_is_small(item) for item in value)
    return value.device.type != "meta" and value.layout == torch.strided and _reach(value) <= _SMALL


def _reach(tensor: torch.Tensor) -> int:
    """Number of elements from the first to the last that the tensor looks at."""
    if tensor.numel() == 0:
        return 0
    return 1 + sum((size - 1) * step for size, step in zip(tensor.shape, tensor.stride(), strict=True))


def _meta_twin(tensor: torch.Tensor) -> torch.Tensor:
    twin = torch.empty_strided(tensor.shape, tensor.stride(), dtype=tensor.dtype, device="meta")
    return _as_in_graph(twin, tensor)


def _real_twin(tensor: torch.Tensor) -> torch.Tensor:
    """Return a copy on the CPU with the same values and strides, so that overlaps stay overlaps."""
    window = tensor.detach().as_strided((_reach(tensor),), (1,), tensor.storage_offset())
    twin = window.cpu().clone().as_strided(tensor.shape, tensor.stride())
    return _as_in_graph(twin, tensor)


def _as_in_graph(twin: torch.Tensor, tensor: torch.Tensor) -> torch.Tensor:
    if tensor.requires_grad:
        twin.requires_grad_()
    return twin if is_leaf(tensor) else twin.view(twin.shape)


def _evaluate(node: ast.expr, values: dict[str, Any]) -> Any:  # noqa: ANN401 - one return a kind
    match node:
        case ast.Constant():
            return node.value
        case ast.Name() if node.id in values or node.id in _GLOBALS:
            return values[node.id] if node.id in values else _GLOBALS[node.id]
        case ast.Tuple() | ast.List():
            items = [_evaluate(item, values) for item in node.elts]
            return items if isinstance(node, ast.List) else tuple(items)
        case ast.Call(func=function):
            keywords = {key.arg: _evaluate(key.value, values) for key in node.keywords if key.arg}
            return _evaluate(function, values)(*(_evaluate(item, values) for item in node.args), **keywords)
        case ast.Attribute():
            return _attribute(_evaluate(node.value, values), node.attr)
        case ast.Subscript():
            return _evaluate(node.value, values)[_evaluate(node.slice, values)]
        case ast.Slice():
            ends = (node.lower, node.upper, node.step)
            return slice(*(None if end is None else _evaluate(end, values) for end in ends))
        case _:
            return _evaluate_operator(node, values)


def _evaluate_operator(node: ast.expr, values: dict[str, Any]) -> Any:  # noqa: ANN401 - any value
    match node:
        case ast.UnaryOp(op=ast.USub()):
            return -_evaluate(node.operand, values)
        case ast.UnaryOp(op=ast.Invert()):
            return ~_evaluate(node.operand, values)
        case ast.BinOp():
            left, right = _evaluate(node.left, values), _evaluate(node.right, values)
            return _OPERATORS[type(node.op)](left, right)
        case ast.Compare(ops=[sign], comparators=[right_node]):
            left = _evaluate(node.left, values)
            return _OPERATORS[type(sign)](left, _evaluate(right_node, values))
        case _:
            raise CannotTry(ast.unparse(node))


def _attribute(owner: object, name: str) -> Any:  # noqa: ANN401 - any value
    if isinstance(owner, torch.Tensor) and not name.startswith("_"):
        return getattr(owner, name)
    if owner is torch and (name in _FUNCTIONS or isinstance(getattr(torch, name, None), torch.dtype)):
        return getattr(torch, name)
    raise CannotTry(name)
