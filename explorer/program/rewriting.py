"""How a checked program is rewritten, so that attributes, items, operators and imports go through the guards.

RestrictedPython walks the tree and refuses each kind of node that it does not know; what is overridden here is what
it does differently from plain Python (see the comments) or leaves to its users.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import cast

from RestrictedPython.transformer import RestrictingNodeTransformer, copy_locations

from explorer.program.names import allowed_name, readable_name

SYMBOLS: dict[type[ast.operator], str] = {
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


class _Rewriter(RestrictingNodeTransformer):
    """Makes a program's tree into the one that is compiled; every new node stands where the old one stood."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__(errors)
        self._classes: list[str] = []

    def check_name(self, node: ast.AST, name: str | None, allow_magic_methods: bool = False) -> None:
        """Refuse the names that the guards use, and those that reach Python's machinery."""
        del allow_magic_methods
        if name is not None and not allowed_name(name):
            self.error(node, f"The name {name} is not available here.")

    def visit_Module(self, node: ast.Module) -> ast.AST:  # noqa: N802 - ast's protocol
        shows = bool(node.body) and isinstance(node.body[-1], ast.Expr)
        visited = self.node_contents_visit(node)
        last = visited.body[-1] if shows else None
        if isinstance(last, ast.Expr):
            last.value = _guard_call("_display_", last.value, [last.value])
        return cast(ast.AST, visited)

    def visit_Name(self, node: ast.Name) -> ast.AST:  # noqa: N802
        # print stays an ordinary function: theirs would collect the output of each function apart
        if not isinstance(node.ctx, ast.Load) or not readable_name(node.id):
            self.check_name(node, node.id)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:  # noqa: N802
        self.check_name(node, node.name)
        self.check_function_argument_names(node)
        return cast(ast.AST, self.node_contents_visit(node))

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:  # noqa: N802
        # theirs builds the class from a template, which puts it on line 1 and drops its keywords
        self.check_name(node, node.name)
        node.decorator_list = [self.visit(one) for one in node.decorator_list]
        node.bases = [self.visit(one) for one in node.bases]
        node.keywords = [self.visit(one) for one in node.keywords]
        self._classes.append(node.name)
        node.body = _flat([self.visit(one) for one in node.body])
        self._classes.pop()
        return node

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.AST:  # noqa: N802
        return self._declaration(node)

    def visit_Global(self, node: ast.Global) -> ast.AST:  # noqa: N802
        return self._declaration(node)

    def _declaration(self, node: ast.Nonlocal | ast.Global) -> ast.AST:
        for name in node.names:
            self.check_name(node, name)
        return node

    def visit_Import(self, node: ast.Import) -> list[ast.stmt]:  # noqa: N802
        made = []
        for alias in node.names:
            name = alias.asname or alias.name.split(".")[0]
            guard = "_import_as_" if alias.asname else "_import_"
            made.append(self._bind(node, name, _guard_call(guard, node, [ast.Constant(alias.name)])))
        return made

    def visit_ImportFrom(self, node: ast.ImportFrom) -> list[ast.stmt] | ast.stmt:  # noqa: N802
        if node.module == "__future__":
            return node
        return [
            self._bind(
                node,
                alias.asname or alias.name,
                _guard_call("_import_from_", node, [ast.Constant(node.module), ast.Constant(alias.name)]),
            )
            for alias in node.names
        ]

    def _bind(self, node: ast.stmt, name: str, value: ast.expr) -> ast.stmt:
        self.check_name(node, name)
        made = ast.Assign(targets=[ast.Name(name, ast.Store())], value=value)
        copy_locations(made, node)
        return made

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:  # noqa: N802
        name = ast.Constant(self._mangled(node.attr))
        owner = self.visit(node.value)
        if isinstance(node.ctx, ast.Load):
            return _guard_call("_getattr_", node, [owner, name])
        node.value = _guard_call("_write_attribute_", node, [owner, name])
        return node

    def _mangled(self, name: str) -> str:
        """Return a name as Python changes it in classes: `__x` to `_Class__x`."""
        owner = self._classes[-1].lstrip("_") if self._classes else ""
        if not owner or not name.startswith("__") or name.endswith("__"):
            return name
        return f"_{owner}{name}"

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:  # noqa: N802
        owner, index = self.visit(node.value), self.visit(node.slice)
        if isinstance(node.ctx, ast.Load):
            return _guard_call("_getitem_", node, [owner, index])
        node.value, node.slice = _guard_call("_write_item_", node, [owner]), index
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:  # noqa: N802
        node = self.node_contents_visit(node)
        return _guard_call("_binary_", node, [ast.Constant(SYMBOLS[type(node.op)]), node.left, node.right])

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:  # noqa: N802
        # theirs refuses x.a += 1 and x[i] += 1
        symbol, value = ast.Constant(SYMBOLS[type(node.op)]), self.visit(node.value)
        target = node.target
        if isinstance(target, ast.Name):
            current = self.visit(ast.copy_location(ast.Name(target.id, ast.Load()), target))
            result = _guard_call("_inplacevar_", node, [symbol, current, value])
            new: ast.stmt = ast.Assign(targets=[self.visit(target)], value=result)
        elif isinstance(target, ast.Subscript):
            owner, index = self.visit(target.value), self.visit(target.slice)
            new = ast.Expr(_guard_call("_inplace_item_", node, [symbol, owner, index, value]))
        else:
            name = ast.Constant(self._mangled(target.attr))
            new = ast.Expr(_guard_call("_inplace_attribute_", node, [symbol, self.visit(target.value), name, value]))
        copy_locations(new, node)
        return new

    def visit_Assign(self, node: ast.Assign) -> ast.AST:  # noqa: N802
        # theirs takes tuples apart in two steps; iteration needs no guard here, since whatever it yields is guarded
        starred = any(isinstance(one, ast.Starred) for target in node.targets for one in ast.walk(target))
        node = self.node_contents_visit(node)
        if starred:
            node.value = _guard_call("_spread_", node.value, [node.value])
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:  # noqa: N802
        return cast(ast.AST, self.node_contents_visit(node))

    def visit_For(self, node: ast.For) -> ast.AST:  # noqa: N802
        # for who waits for a long run: how many passes there will be is known when the loop begins
        node = self.node_contents_visit(node)
        node.iter = _guard_call("_loop_", node.iter, [node.iter])
        return node

    def visit_While(self, node: ast.While) -> ast.AST:  # noqa: N802
        node = self.node_contents_visit(node)
        if not any(isinstance(part, ast.Name) for part in ast.walk(node)):
            # compiled to a jump to itself, of which tracing hears nothing: the deadline needs another instruction
            noticed = ast.Expr(ast.Name("_getattr_", ast.Load()))
            copy_locations(noticed, node.body[0])
            node.body.insert(0, noticed)
        return cast(ast.AST, node)

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        return cast(ast.AST, self.node_contents_visit(node))

    def visit_Call(self, node: ast.Call) -> ast.AST:  # noqa: N802
        node = self.node_contents_visit(node)
        for keyword in node.keywords:
            if keyword.arg is not None:
                self.check_name(node, keyword.arg)
        return node

    def visit_Starred(self, node: ast.Starred) -> ast.AST:  # noqa: N802
        node = self.node_contents_visit(node)
        if isinstance(node.ctx, ast.Load):
            node.value = _guard_call("_spread_", node.value, [node.value])
        return node

    def visit_With(self, node: ast.With) -> ast.AST:  # noqa: N802
        node = self.node_contents_visit(node)
        for item in node.items:
            item.context_expr = _guard_call("_manager_", item.context_expr, [item.context_expr])
        return node

    def visit_Try(self, node: ast.Try) -> ast.AST:  # noqa: N802
        node = self.node_contents_visit(node)
        if node.handlers:
            # what the guards and limits raise passes every handler of the program
            first = ast.ExceptHandler(
                type=ast.Name("_unstoppable_", ast.Load()), name=None, body=[ast.Raise(exc=None, cause=None)]
            )
            copy_locations(first, node.handlers[0])
            node.handlers.insert(0, first)
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:  # noqa: N802
        node = self.node_contents_visit(node)
        return _guard_call("_text_", node, [node])

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.AST:  # noqa: N802
        spec = node.format_spec
        node.value = self.visit(node.value)
        if not isinstance(spec, ast.JoinedStr) or all(isinstance(part, ast.Constant) for part in spec.values):
            return node
        spec.values = [self.visit(part) for part in spec.values]
        value = _guard_call("_format_", node, [node.value, ast.Constant(node.conversion), spec])
        made = ast.FormattedValue(value=value, conversion=-1, format_spec=None)
        copy_locations(made, node)
        return made


REWRITER: Callable[[list[str]], ast.NodeTransformer] = _Rewriter
"""Makes what rewrites one program's tree, and notes in the list what it refuses."""


def _guard_call(name: str, node: ast.expr | ast.stmt, arguments: list[ast.expr]) -> ast.Call:
    """Return a call of a guard that stands where `node` stands."""
    call = ast.Call(func=ast.Name(name, ast.Load()), args=arguments, keywords=[])
    copy_locations(call, node)
    return call


def _flat(visited: list[ast.stmt | list[ast.stmt]]) -> list[ast.stmt]:
    return [one for part in visited for one in (part if isinstance(part, list) else [part])]
