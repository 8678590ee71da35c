"""Constructs that are more than one kind of syntax node: each is a question about a node."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable


def _decorated_with(name: str) -> Callable[[ast.AST], bool]:
    def holds(node: ast.AST) -> bool:
        return isinstance(node, ast.FunctionDef) and any(name in ast.unparse(d) for d in node.decorator_list)

    return holds


def _within(name: str) -> Callable[[ast.AST], bool]:
    return lambda node: isinstance(node, ast.With) and any(name in ast.unparse(i.context_expr) for i in node.items)


def _derived_from(*names: str) -> Callable[[ast.AST], bool]:
    return lambda node: isinstance(node, ast.ClassDef) and any(ast.unparse(base) in names for base in node.bases)


def _calls(text: str) -> Callable[[ast.AST], bool]:
    return lambda node: isinstance(node, ast.Call) and ast.unparse(node).startswith(text)


def _has(node: ast.AST, kinds: type[ast.AST] | tuple[type[ast.AST], ...], field: str) -> bool:
    return isinstance(node, kinds) and bool(getattr(node, field))


def _targets(node: ast.AST) -> Iterable[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else ()


def _assigns_slice(node: ast.AST) -> bool:
    return any(isinstance(t, ast.Subscript) and isinstance(t.slice, ast.Slice) for t in _targets(node))


def _nested_unpacking(node: ast.AST) -> bool:
    inner = [e for t in _targets(node) if isinstance(t, ast.Tuple) for e in t.elts]
    return any(isinstance(e, ast.Tuple | ast.List) for e in inner)


def _starred_unpacking(node: ast.AST) -> bool:
    return any(isinstance(e, ast.Starred) for t in _targets(node) if isinstance(t, ast.Tuple) for e in t.elts)


def _augments(kind: type[ast.expr]) -> Callable[[ast.AST], bool]:
    return lambda node: isinstance(node, ast.AugAssign) and isinstance(node.target, kind)


def _augments_slice(node: ast.AST) -> bool:
    return isinstance(node, ast.AugAssign) and ":" in ast.unparse(node.target)


def _closure(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and any(isinstance(c, ast.FunctionDef) for c in node.body)


def _recursion(node: ast.AST) -> bool:
    if not isinstance(node, ast.FunctionDef):
        return False
    calls = [c for c in ast.walk(node) if isinstance(c, ast.Call)]
    return any(isinstance(c.func, ast.Name) and c.func.id == node.name for c in calls)


def _documented(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module) and ast.get_docstring(node) is not None


def _last_expression(node: ast.AST) -> bool:
    if not isinstance(node, ast.Module) or not isinstance(node.body[-1], ast.Expr):
        return False
    return not isinstance(node.body[-1].value, ast.Call)


def _argument(field: str) -> Callable[[ast.AST], bool]:
    return lambda node: _has(node, ast.arguments, field)


def _percent(node: ast.AST) -> bool:
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mod) or not isinstance(node.left, ast.Constant):
        return False
    return isinstance(node.left.value, str)


def _string_format(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "format" and isinstance(node.value, ast.Constant)


def _keyword(name: str, function: str) -> Callable[[ast.AST], bool]:
    def holds(node: ast.AST) -> bool:
        return (
            isinstance(node, ast.Call)
            and ast.unparse(node.func) == function
            and any(k.arg == name for k in node.keywords)
        )

    return holds


FORMS: dict[str, Callable[[ast.AST], bool]] = {
    "for-else": lambda n: _has(n, ast.For, "orelse"),
    "while-else": lambda n: _has(n, ast.While, "orelse"),
    "if-else": lambda n: _has(n, ast.If, "orelse"),
    "elif": lambda n: isinstance(n, ast.If) and bool(n.orelse) and isinstance(n.orelse[0], ast.If),
    "try-else": lambda n: _has(n, ast.Try, "orelse"),
    "try-finally": lambda n: _has(n, ast.Try, "finalbody"),
    "except several": lambda n: isinstance(n, ast.ExceptHandler) and isinstance(n.type, ast.Tuple),
    "except as": lambda n: _has(n, ast.ExceptHandler, "name"),
    "raise from": lambda n: _has(n, ast.Raise, "cause"),
    "bare raise": lambda n: isinstance(n, ast.Raise) and n.exc is None,
    "assert with message": lambda n: _has(n, ast.Assert, "msg"),
    "slice assignment": _assigns_slice,
    "nested unpacking": _nested_unpacking,
    "starred unpacking": _starred_unpacking,
    "for with unpacking": lambda n: isinstance(n, ast.For) and isinstance(n.target, ast.Tuple),
    "chained assignment": lambda n: isinstance(n, ast.Assign) and len(n.targets) > 1,
    "augmented item": _augments(ast.Subscript),
    "augmented slice": _augments_slice,
    "augmented attribute": _augments(ast.Attribute),
    "attribute assignment": lambda n: any(isinstance(t, ast.Attribute) for t in _targets(n)),
    "delete item": lambda n: isinstance(n, ast.Delete) and isinstance(n.targets[0], ast.Subscript),
    "chained comparison": lambda n: isinstance(n, ast.Compare) and len(n.ops) > 1,
    "default argument": _argument("defaults"),
    "star argument": _argument("vararg"),
    "double star argument": _argument("kwarg"),
    "keyword-only argument": _argument("kwonlyargs"),
    "positional-only argument": _argument("posonlyargs"),
    "annotated argument": lambda n: _has(n, ast.arg, "annotation"),
    "annotated result": lambda n: _has(n, ast.FunctionDef, "returns"),
    "star in call": lambda n: isinstance(n, ast.Call) and any(isinstance(a, ast.Starred) for a in n.args),
    "double star in call": lambda n: isinstance(n, ast.Call) and any(k.arg is None for k in n.keywords),
    "double star in dict": lambda n: isinstance(n, ast.Dict) and None in n.keys,
    "star in list": lambda n: isinstance(n, ast.List) and any(isinstance(e, ast.Starred) for e in n.elts),
    "closure": _closure,
    "recursion": _recursion,
    "docstring": _documented,
    "comprehension with if": lambda n: _has(n, ast.comprehension, "ifs"),
    "comprehension of two loops": lambda n: isinstance(n, ast.ListComp) and len(n.generators) > 1,
    "send": lambda n: isinstance(n, ast.Attribute) and n.attr == "send",
    "f-string format": lambda n: _has(n, ast.FormattedValue, "format_spec"),
    "f-string conversion": lambda n: isinstance(n, ast.FormattedValue) and n.conversion != -1,
    "f-string nested format": lambda n: (
        isinstance(n, ast.FormattedValue)
        and n.format_spec is not None
        and any(isinstance(p, ast.FormattedValue) for p in ast.walk(n.format_spec))
    ),
    "str.format": _string_format,
    "percent format": _percent,
    "print sep": _keyword("sep", "print"),
    "print end": _keyword("end", "print"),
    "last expression": _last_expression,
    "main guard": lambda n: isinstance(n, ast.If) and ast.unparse(n.test) == "__name__ == '__main__'",
    "cuda guard": _calls("torch.cuda.is_available"),
    "underscore name": lambda n: isinstance(n, ast.Name) and n.id == "_",
    "private name": lambda n: isinstance(n, ast.Name) and n.id.startswith("_") and not n.id.startswith("__"),
    "private member": lambda n: isinstance(n, ast.Attribute) and n.attr.startswith("_") and n.attr[1:2] != "_",
    "ellipsis": lambda n: isinstance(n, ast.Constant) and n.value is ...,
    "slice with step": lambda n: _has(n, ast.Slice, "step"),
    "super()": _calls("super()."),
    "super(C, self)": lambda n: isinstance(n, ast.Call) and ast.unparse(n.func) == "super" and len(n.args) == 2,
    "Base.__init__": _calls("nn.Module.__init__(self"),
    "with as": lambda n: _has(n, ast.withitem, "optional_vars"),
    "with several": lambda n: isinstance(n, ast.With) and len(n.items) > 1,
    "with no_grad": _within("no_grad"),
    "with enable_grad": _within("enable_grad"),
    "with inference_mode": _within("inference_mode"),
    "with set_grad_enabled": _within("set_grad_enabled"),
    "@no_grad": _decorated_with("torch.no_grad"),
    "@enable_grad": _decorated_with("torch.enable_grad"),
    "@inference_mode": _decorated_with("torch.inference_mode"),
    "@property": _decorated_with("property"),
    "@setter": _decorated_with(".setter"),
    "@staticmethod": _decorated_with("staticmethod"),
    "@classmethod": _decorated_with("classmethod"),
    "@wraps": _decorated_with("wraps"),
    "@dataclass": lambda n: isinstance(n, ast.ClassDef) and "dataclass" in map(ast.unparse, n.decorator_list),
    "class from Module": _derived_from("nn.Module", "torch.nn.Module"),
    "class from Function": _derived_from("torch.autograd.Function", "Function"),
    "class from Dataset": _derived_from("Dataset", "data.Dataset", "torch.utils.data.Dataset"),
    "class from IterableDataset": _derived_from("IterableDataset"),
    "class from exception": _derived_from("ValueError", "Exception"),
    "class from several": lambda n: isinstance(n, ast.ClassDef) and len(n.bases) > 1,
    "range of 2000": _calls("range(2000)"),
}
