"""The language of programs: what is allowed, and how it is compiled so that guards see all that it reaches.

Two passes. `check` refuses what programs may not contain, with the place and the words for a person. Then
`rewriting` turns attribute, item and arithmetic access into calls of the guards, under RestrictedPython; it is the
second pair of eyes, and what `check` overlooked it still refuses.
"""

from __future__ import annotations

import ast
import difflib
import re
from functools import lru_cache
from types import CodeType

from explorer.program.allowlist import MODULE_REASONS, MODULES, REFUSED_BUILTINS, WITHHELD
from explorer.program.implicit import IMPLICIT, bound_names
from explorer.program.names import allowed_attribute, allowed_name, allowed_target, readable_name
from explorer.program.rewriting import REWRITER

MAX_CHARACTERS = 50_000
MAX_NODES = 20_000

_REFUSED: dict[str, tuple[str, str]] = {
    "Match": ("match statements are not available here.", "Use if and elif."),
    "AsyncFunctionDef": ("async functions are not available here.", "Nothing here has to be waited for; use def."),
    "AsyncFor": ("async loops are not available here.", "Use for."),
    "AsyncWith": ("async with is not available here.", "Use with."),
    "Await": ("await is not available here.", "Call the function directly."),
    "TryStar": ("except* is not available here.", "Use except."),
}
_WIDE_FORMAT = re.compile(r"\d{5,}")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


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
    bound = bound_names(tree)
    for node in nodes:
        if type(node).__name__ in _REFUSED:
            raise RefusedError(node, *_REFUSED[type(node).__name__])
        if isinstance(node, ast.Import | ast.ImportFrom):
            _check_import(node)
        elif isinstance(node, ast.Name):
            _check_name(node, bound)
        elif isinstance(node, ast.Attribute):
            _check_attribute(node)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            _check_definition(node)
        elif isinstance(node, ast.Try):
            _check_finally(node)
        elif isinstance(node, ast.FormattedValue):
            _check_format(node)


def _check_import(node: ast.Import | ast.ImportFrom) -> None:
    if isinstance(node, ast.Import):
        for alias in node.names:
            if alias.name not in MODULES:
                raise _no_module(node, alias.name)
        return
    module = node.module or "."
    if node.level or module not in MODULES:
        raise _no_module(node, module)
    for alias in node.names:
        if alias.name == "*":
            raise RefusedError(node, "import * is not available here.", f"Name what is used: import {module}.")
        if alias.name not in MODULES[module] and f"{module}.{alias.name}" not in MODULES:
            reason = WITHHELD.get(alias.name, "programs here may not use it")
            close = difflib.get_close_matches(alias.name, MODULES[module], n=1)
            hint = f"Did you mean {close[0]}?" if close else ""
            raise RefusedError(node, f"{alias.name} cannot be imported from {module}: {reason}.", hint)


def _no_module(node: ast.AST, name: str) -> RefusedError:
    reason = MODULE_REASONS.get(name) or MODULE_REASONS.get(name.partition(".")[0])
    if reason:
        return RefusedError(node, f"{name} cannot be imported: {reason}.")
    close = difflib.get_close_matches(name, MODULES, n=1)
    hint = f"Did you mean {close[0]}?" if close else "Programs may import torch, numpy and a few modules that compute."
    return RefusedError(node, f"Programs here may not import {name}.", hint)


def _check_name(node: ast.Name, bound: frozenset[str]) -> None:
    if not (readable_name if isinstance(node.ctx, ast.Load) else allowed_name)(node.id):
        raise RefusedError(node, f"The name {node.id} is not available here.")
    if node.id in REFUSED_BUILTINS and node.id not in bound:
        raise RefusedError(node, f"{node.id} is not available here: {REFUSED_BUILTINS[node.id]}.")


def _check_attribute(node: ast.Attribute) -> None:
    reads = isinstance(node.ctx, ast.Load)
    if not allowed_attribute(node.attr):
        raise RefusedError(node, f"The attribute {node.attr} is not available here: it leads to Python's machinery.")
    if not reads and not allowed_target(node.attr):
        raise RefusedError(node, f"The attribute {node.attr} cannot be assigned here.")


def _check_definition(node: ast.FunctionDef | ast.ClassDef) -> None:
    if not allowed_name(node.name):
        kind = "method" if isinstance(node, ast.FunctionDef) else "class"
        raise RefusedError(node, f"A {kind} called {node.name} cannot be defined here.")
    if isinstance(node, ast.ClassDef) and node.keywords:
        keyword = node.keywords[0]
        raise RefusedError(keyword, f"class {node.name} cannot have keywords ({keyword.arg or '**'}) here.")
    if isinstance(node, ast.FunctionDef):
        arguments = node.args
        named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        for argument in filter(None, named):
            if not allowed_name(argument.arg):
                raise RefusedError(argument, f"The name {argument.arg} is not available here.")


def _check_finally(node: ast.Try) -> None:
    """Refuse leaving a `finally` part by return, break or continue: it would swallow what stopped the program."""
    for leaving, words in _leaving(node.finalbody, in_loop=False):
        raise RefusedError(leaving, f"{words} in a finally part is not available here.", "Put it after the try.")


def _leaving(body: list[ast.stmt], *, in_loop: bool) -> list[tuple[ast.AST, str]]:
    found: list[tuple[ast.AST, str]] = []
    pending: list[tuple[ast.AST, bool]] = [(one, in_loop) for one in body]
    while pending:
        node, looping = pending.pop()
        if isinstance(node, ast.Return):
            found.append((node, "return"))
        elif isinstance(node, ast.Break | ast.Continue) and not looping:
            found.append((node, type(node).__name__.lower()))
        if not isinstance(node, _FUNCTIONS):
            looping = looping or isinstance(node, ast.For | ast.While)
            pending += [(child, looping) for child in ast.iter_child_nodes(node)]
    return found


def _check_format(node: ast.FormattedValue) -> None:
    spec = node.format_spec
    for part in ast.walk(spec) if spec is not None else ():
        if isinstance(part, ast.Constant) and _WIDE_FORMAT.search(str(part.value)):
            raise RefusedError(node, f"The format {part.value!r} is wider than 9,999 characters.")


def compile_program(source: str, filename: str) -> CodeType:
    """Compile a program under the policy.

    A last bare expression becomes `_display_(expression)`, so that it is shown as a notebook would.

    Raises:
        SyntaxError: It is not Python.
        RefusedError: It contains what programs may not contain.
    """
    return _renamed(_compile(source), filename)


@lru_cache(maxsize=64)
def _compile(source: str) -> CodeType:
    if len(source) > MAX_CHARACTERS:
        tree = ast.Module(body=[], type_ignores=[])
        raise RefusedError(tree, f"The program has {len(source):,} characters; the limit is {MAX_CHARACTERS:,}.")
    tree = ast.parse(source, "<program>")
    check(tree)
    errors: list[str] = []
    rewritten = REWRITER(errors).visit(tree)
    if errors:
        raise RefusedError(_node_at(errors[0]), re.sub(r"^Line \w+: ", "", errors[0]))
    # RestrictedPython's own compile functions would pass on their `from __future__ import annotations`
    code: CodeType = compile(rewritten, "<program>", "exec", dont_inherit=True)
    return code


def _renamed(code: CodeType, filename: str) -> CodeType:
    """Return the code under another filename, and so the code of its functions."""
    constants = tuple(_renamed(one, filename) if isinstance(one, CodeType) else one for one in code.co_consts)
    return code.replace(co_filename=filename, co_consts=constants)


def _node_at(message: str) -> ast.AST:
    match = re.match(r"Line (\d+):", message)
    line = int(match[1]) if match else 1
    return ast.Pass(lineno=line, col_offset=0, end_lineno=line, end_col_offset=0)


def implicit_imports(source: str) -> tuple[str, ...]:
    """Return the import lines for the names that a program uses without importing them.

    Raises:
        SyntaxError: It is not Python.
    """
    tree = ast.parse(source)
    bound = bound_names(tree)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    return tuple(line for name, line in IMPLICIT.items() if name in used - bound)
