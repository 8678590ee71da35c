"""Find a failing call in the program's text by its span, and take it apart."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from explorer.program.explain.functions import function_named
from explorer.program.explain.site import UNKNOWN, Form, Part, Path, Site
from explorer.program.explain.source import SourceText, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from explorer.trace.calls import FailedCall

_MODULES = frozenset({"torch", "nn", "F", "functional", "np", "numpy"})
_PRIMARY = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.List, ast.Dict, ast.ListComp)


@dataclass(frozen=True)
class _Leaf:
    path: Path
    node: ast.expr
    value: object
    span: Span


def locate(call: FailedCall) -> Site:
    """Find the failing call in the program's text; a site of form `unknown` when it cannot be told apart."""
    text = SourceText(call.source)
    try:
        tree = ast.parse(call.source)
        start, end = text.offset(*call.span[:2]), text.offset(*call.span[2:])
        node, parent = _find(tree, text, (start, end))
        if call.op == "__bool__":
            node = _tested(node)
        if call.op in {"__getitem__", "__setitem__"}:
            node, parent = _subscripted(node, parent)
        form, leaves = _Taker(call, text, _module_names(tree)).take(node, parent)
    except (SyntaxError, ValueError, LookupError):
        return Site(call.source, 0, 0, "unknown", "", (), statement=False)
    whole = parent if form == "setitem" and isinstance(parent, ast.stmt) else node
    alone = isinstance(parent, ast.Expr) or isinstance(whole, ast.stmt)
    return _site(text, form, text.span(whole), leaves, statement=alone)


def call_at(source: str, span: tuple[int, int, int, int]) -> ast.Call:
    """Return the call with that span (line, column, end line, end column).

    Raises:
        LookupError: There is none.
    """
    text = SourceText(source)
    node, _ = _find(ast.parse(source), text, (text.offset(*span[:2]), text.offset(*span[2:])))
    if not isinstance(node, ast.Call):
        raise LookupError("no call stands there")
    return node


def _site(text: SourceText, form: Form, span: Span, leaves: list[_Leaf], *, statement: bool) -> Site:
    template, at, parts = "", span[0], []
    for number, leaf in enumerate(sorted(leaves, key=lambda leaf: leaf.span)):
        hole = f"__h{number}__"
        template += text.source[at : leaf.span[0]] + hole
        at = leaf.span[1]
        shown = text.source[slice(*leaf.span)]
        primary = isinstance(leaf.node, _PRIMARY) or shown.startswith("(")
        parts.append(Part(hole, leaf.path, shown, _name(leaf.node), primary, leaf.value))
    template += text.source[at : span[1]]
    return Site(text.source, *span, form, template, tuple(parts), statement)


def _find(tree: ast.AST, text: SourceText, span: Span) -> tuple[ast.expr | ast.stmt, ast.AST | None]:
    """Return the innermost node with that span, and the node around it."""
    found: tuple[ast.expr | ast.stmt, ast.AST | None] | None = None
    waiting: list[tuple[ast.AST, ast.AST | None]] = [(tree, None)]
    while waiting:
        node, parent = waiting.pop()
        if isinstance(node, ast.expr | ast.Assign | ast.AugAssign | ast.If | ast.While | ast.Assert):
            here = text.span(node)
            if here == span or (here[1] == span[1] and _method_start(node, text) == span[0]):
                found = (node, parent)
        waiting += [(child, node) for child in ast.iter_child_nodes(node)]
    if found is None:
        raise LookupError("no expression stands there")
    return found


def _subscripted(node: ast.expr | ast.stmt, parent: ast.AST | None) -> tuple[ast.expr | ast.stmt, ast.AST | None]:
    """Return the target of an assignment, where the whole statement stands for it, and the node around it."""
    match node:
        case ast.Assign(targets=[target]) | ast.AugAssign(target=target):
            return target, node
        case _:
            return node, parent


def _tested(node: ast.expr | ast.stmt) -> ast.expr | ast.stmt:
    """Return the condition of a node: CPython gives a plain test the position of the statement around it.

    Raises:
        LookupError: Several conditions stand there.
    """
    match node:
        case ast.If(test=test) | ast.While(test=test) | ast.Assert(test=test) | ast.IfExp(test=test):
            if isinstance(test, ast.BoolOp):
                raise LookupError("it may be any of them")
            return _tested(test)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return operand
        case ast.BoolOp(values=[first, _]):
            return first
        case ast.ListComp(generators=[ast.comprehension(ifs=[test])]):
            return test
        case ast.BoolOp() | ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            raise LookupError("it may be any of them")
        case _:
            return node


def _method_start(node: ast.AST, text: SourceText) -> int | None:
    # CPython gives a method call over several lines the position of the method's name
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return text.span(node.func)[1] - len(node.func.attr)
    return None


def _module_names(tree: ast.AST) -> frozenset[str]:
    names = set(_MODULES)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
    return frozenset(names)


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and node.attr not in {"T", "mT", "H", "mH", "grad", "data"}:
        owner = _name(node.value)
        return f"{owner}.{node.attr}" if owner else ""
    return ""


def _plain_op(name: str) -> str:
    return name.rpartition(".")[2].strip("_")


def _operands(node: ast.AST) -> tuple[ast.expr, ast.expr] | None:
    if isinstance(node, ast.BinOp):
        return node.left, node.right
    if isinstance(node, ast.AugAssign):
        return node.target, node.value
    if isinstance(node, ast.Compare) and len(node.comparators) == 1:
        return node.left, node.comparators[0]
    return None


def _literal(node: ast.expr, value: object) -> object:
    """Return a literal's own value: torch's Python wrappers may hand arguments on in another order."""
    if isinstance(value, torch.Tensor):
        return value
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError):
        return value


@dataclass(frozen=True)
class _Taker:
    """Takes the failing call apart into leaves: its receiver and arguments, lists item by item."""

    call: FailedCall
    text: SourceText
    modules: frozenset[str]

    def take(self, node: ast.expr | ast.stmt, parent: ast.AST | None) -> tuple[Form, list[_Leaf]]:
        """Return the form of the call and its parts."""
        if isinstance(node, ast.Call):
            return self._call(node)
        if self.call.op == "__bool__" and isinstance(node, ast.expr):
            return "condition", [self._operand(("receiver",), node, self.call.arguments[0], node)]
        if isinstance(node, ast.Subscript):
            return self._subscript(node, parent)
        if isinstance(node, ast.Attribute) and self.call.arguments:
            return "method", [self._operand(("receiver",), node.value, self.call.arguments[0], node)]
        return self._operator(node)

    def _operand(self, path: Path, node: ast.expr, value: object, bounds: ast.expr | ast.stmt) -> _Leaf:
        return _Leaf(path, node, value, self.text.operand(node, self.text.span(bounds)))

    def _items(self, path: Path, node: ast.expr, value: object) -> Iterator[_Leaf]:
        items = node.elts if isinstance(node, ast.List | ast.Tuple) else []
        values = list(value) if isinstance(value, list | tuple) else []
        if items and len(values) == len(items):
            for index, (item, one) in enumerate(zip(items, values, strict=True)):
                yield from self._items((*path, index), item, one)
            return
        yield _Leaf(path, node, _literal(node, value), self.text.span(node))

    def _call(self, node: ast.Call) -> tuple[Form, list[_Leaf]]:
        callee, values = _name(node.func), list(self.call.arguments)
        named = node.func.attr if isinstance(node.func, ast.Attribute) else callee
        if _plain_op(named) != _plain_op(self.call.op):
            raise LookupError(f"{named} is not {self.call.op}: the call failed deeper inside")
        leaves: list[_Leaf] = []
        function = callee.partition(".")[0] in self.modules or isinstance(node.func, ast.Name)
        if function:
            leaves.append(_Leaf(("callee",), node.func, function_named(named), self.text.span(node.func)))
        elif isinstance(node.func, ast.Attribute) and values:
            leaves.append(self._operand(("receiver",), node.func.value, values.pop(0), node.func))
        starred = any(isinstance(item, ast.Starred) for item in node.args)
        for index, item in enumerate(node.args):
            value = UNKNOWN if starred or index >= len(values) else values[index]
            leaves += self._items(("arg", index), item, value)
        for key in node.keywords:
            if key.arg is not None:
                leaves += self._items(("key", key.arg), key.value, self.call.keywords.get(key.arg, UNKNOWN))
        return ("function" if function else "method"), leaves

    def _subscript(self, node: ast.Subscript, parent: ast.AST | None) -> tuple[Form, list[_Leaf]]:
        values = self.call.arguments
        if _plain_op(self.call.op) not in {"getitem", "setitem"} or len(values) < 2:
            raise LookupError(f"no {self.call.op} stands there")
        leaves = [self._operand(("receiver",), node.value, values[0], node)]
        leaves += self._items(("index",), node.slice, values[1])
        if _plain_op(self.call.op) == "getitem":
            return "subscript", leaves
        if not isinstance(parent, ast.Assign) or parent.targets != [node]:
            raise LookupError("several targets at once")
        return "setitem", [*leaves, *self._items(("value",), parent.value, values[2])]

    def _operator(self, node: ast.expr | ast.stmt) -> tuple[Form, list[_Leaf]]:
        pair, values = _operands(node), self.call.arguments
        if pair is None or len(values) != 2:
            raise LookupError(f"no {self.call.op} stands there")
        # torch hands `1 - x` on as __rsub__(x, 1) and `1 + x` as add(x, 1)
        turned = isinstance(pair[0], ast.Constant) and isinstance(values[0], torch.Tensor)
        left, right = (values[1], values[0]) if self.call.op.startswith("__r") or turned else values
        form: Form = "augmented" if isinstance(node, ast.AugAssign) else "operator"
        leaves = [self._operand(("receiver",), pair[0], left, node)]
        return form, [*leaves, self._operand(("arg", 0), pair[1], right, node)]
