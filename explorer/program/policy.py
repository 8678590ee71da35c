"""The language of programs: what is allowed, and how it is compiled so that guards see all that it reaches.

Two passes. `check` refuses what programs may not contain, with the place and the words for a person. Then
RestrictedPython rewrites attribute, item and arithmetic access into calls of the guards; it is the second pair
of eyes, and what `check` overlooked it still refuses.
"""

from __future__ import annotations

import ast
import re
from types import CodeType
from typing import cast

from RestrictedPython.compile import compile_restricted_exec
from RestrictedPython.transformer import RestrictingNodeTransformer, copy_locations

from explorer.program.allowlist import MODULES, TENSOR_WRITABLE

MAX_CHARACTERS = 20_000
MAX_NODES = 5_000

_SYMBOLS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.BitAnd: "&",
}
_ALLOWED = (
    ast.Module, ast.Import, ast.ImportFrom, ast.alias, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Pass,
    ast.Delete, ast.With, ast.withitem, ast.Name, ast.Constant, ast.Attribute, ast.Subscript, ast.Slice, ast.Call,
    ast.keyword, ast.Starred, ast.Tuple, ast.List, ast.Dict, ast.Set, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare,
    ast.IfExp, ast.JoinedStr, ast.FormattedValue, ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.expr_context,
)  # fmt: skip
_NOT_YET: dict[type[ast.AST], str] = {
    ast.For: "for loops",
    ast.While: "while loops",
    ast.If: "if statements",
    ast.FunctionDef: "functions",
    ast.Lambda: "functions",
    ast.ClassDef: "classes",
    ast.ListComp: "comprehensions",
    ast.GeneratorExp: "comprehensions",
    ast.SetComp: "comprehensions",
    ast.DictComp: "comprehensions",
    ast.Try: "try statements",
    ast.Assert: "assert statements",
    ast.NamedExpr: "assignment expressions",
}
_WIDE_FORMAT = re.compile(r"\d{4,}")


class RefusedError(Exception):
    """A program contains what programs may not contain; `node` is where."""

    def __init__(self, node: ast.AST, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.node = node
        self.message = message
        self.hint = hint


def check(tree: ast.Module) -> None:
    """Check every node of a parsed program.

    Raises:
        RefusedError: The first thing in it that programs may not contain.
    """
    nodes = list(ast.walk(tree))
    if len(nodes) > MAX_NODES:
        raise RefusedError(tree, f"The program has {len(nodes):,} syntax nodes; the limit is {MAX_NODES:,}.")
    for node in nodes:
        if not isinstance(node, _ALLOWED):
            raise _refusal(node)
        if isinstance(node, ast.Import | ast.ImportFrom):
            _check_import(node)
        elif isinstance(node, ast.Name | ast.Attribute):
            _check_name(node)
        elif isinstance(node, ast.FormattedValue):
            _check_format(node)


def _refusal(node: ast.AST) -> RefusedError:
    what = _NOT_YET.get(type(node))
    if what is None:
        return RefusedError(node, f"Programs here cannot contain {type(node).__name__}.")
    return RefusedError(
        node,
        f"Programs here are straight lines of tensor code: {what} are not supported yet.",
        "Write the steps out one after another.",
    )


def _check_import(node: ast.Import | ast.ImportFrom) -> None:
    allowed = "Programs may import " + ", ".join(sorted(MODULES)) + "."
    if isinstance(node, ast.Import):
        for alias in node.names:
            if alias.name not in MODULES:
                raise RefusedError(node, f"Programs here may not import {alias.name}.", allowed)
        return
    module = node.module or ""
    for alias in node.names:
        dotted = f"{module}.{alias.name}"
        if node.level or module not in MODULES or (alias.name not in MODULES[module] and dotted not in MODULES):
            raise RefusedError(node, f"Programs here may not import {alias.name} from {module or '.'}.", allowed)


def _check_name(node: ast.Name | ast.Attribute) -> None:
    name = node.id if isinstance(node, ast.Name) else node.attr
    if name.startswith("_") and name != "_":
        raise RefusedError(node, f"Names that begin with an underscore, such as {name}, are not available here.")
    if isinstance(node, ast.Name) and name == "printed":
        raise RefusedError(node, "The name printed is taken; choose another.")
    written = not isinstance(node.ctx, ast.Load)
    if isinstance(node, ast.Attribute) and written and name not in TENSOR_WRITABLE:
        writable = ", ".join(sorted(TENSOR_WRITABLE))
        raise RefusedError(node, f"The attribute {name} cannot be assigned here.", f"These can: {writable}.")


def _check_format(node: ast.FormattedValue) -> None:
    spec = node.format_spec
    if spec is None:
        return
    for part in ast.walk(spec):
        if isinstance(part, ast.FormattedValue):
            raise RefusedError(part, "A format specification cannot contain values here.")
        if isinstance(part, ast.Constant) and _WIDE_FORMAT.search(str(part.value)):
            raise RefusedError(node, f"The format {part.value!r} is wider than 999 characters.")


class _Policy(RestrictingNodeTransformer):
    """Routes arithmetic through the guards and keeps `print` an ordinary function."""

    def visit_Name(self, node: ast.Name) -> ast.AST:  # noqa: N802 - ast's protocol
        if node.id == "print" and isinstance(node.ctx, ast.Load):
            return node
        return cast(ast.AST, super().visit_Name(node))

    def visit_Module(self, node: ast.Module) -> ast.AST:  # noqa: N802
        shows = bool(node.body) and isinstance(node.body[-1], ast.Expr)
        visited = cast(ast.Module, super().visit_Module(node))
        last = visited.body[-1] if shows else None
        if isinstance(last, ast.Expr):
            last.value = _guard_call("_display_", last.value, [last.value])
        return visited

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:  # noqa: N802
        node = self.node_contents_visit(node)
        return _guard_call("_binary_", node, [ast.Constant(_SYMBOLS[type(node.op)]), node.left, node.right])

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:  # noqa: N802
        if node.value is None:
            return ast.copy_location(ast.Pass(), node)
        plain = ast.copy_location(ast.Assign(targets=[node.target], value=node.value), node)
        return cast(ast.AST, self.visit(plain))

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:  # noqa: N802
        symbol, value = ast.Constant(_SYMBOLS[type(node.op)]), self.visit(node.value)
        target = node.target
        if isinstance(target, ast.Name):
            current = self.visit(ast.copy_location(ast.Name(target.id, ast.Load()), target))
            result = _guard_call("_inplacevar_", node, [symbol, current, value])
            new: ast.stmt = ast.Assign(targets=[self.visit(target)], value=result)
        elif isinstance(target, ast.Subscript):
            owner, index = self.visit(target.value), self.visit(target.slice)
            new = ast.Expr(_guard_call("_inplace_item_", node, [symbol, owner, index, value]))
        else:
            arguments = [symbol, self.visit(target.value), ast.Constant(target.attr), value]
            new = ast.Expr(_guard_call("_inplace_attribute_", node, arguments))
        copy_locations(new, node)
        return new


def _guard_call(name: str, node: ast.expr | ast.stmt, arguments: list[ast.expr]) -> ast.Call:
    call = ast.Call(func=ast.Name(name, ast.Load()), args=arguments, keywords=[])
    copy_locations(call, node)
    return call


def compile_program(source: str, filename: str) -> CodeType:
    """Compile a program under the policy.

    A last bare expression becomes `_display_(expression)`, so that it is shown as a notebook would.

    Raises:
        SyntaxError: It is not Python.
        RefusedError: It contains what programs may not contain.
    """
    if len(source) > MAX_CHARACTERS:
        tree = ast.Module(body=[], type_ignores=[])
        raise RefusedError(tree, f"The program has {len(source):,} characters; the limit is {MAX_CHARACTERS:,}.")
    tree = ast.parse(source, filename)
    check(tree)
    result = compile_restricted_exec(tree, filename, policy=_Policy)
    if result.errors:
        raise RefusedError(_node_at(result.errors[0]), re.sub(r"^Line \d+: ", "", result.errors[0]))
    return cast(CodeType, result.code)


def _node_at(message: str) -> ast.AST:
    match = re.match(r"Line (\d+):", message)
    line = int(match[1]) if match else 1
    return ast.Pass(lineno=line, col_offset=0, end_lineno=line, end_col_offset=0)
