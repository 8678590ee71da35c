"""Which constructs of the language, and which names of the libraries, a program uses.

A construct is written as a kind and a name: `node:For`, `form:for-else`, `import:torch.nn as nn`, `builtin:zip`,
`def:__len__`, `api:torch.nn.Linear`, `member:view`.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterator
from typing import TypeAlias

from tests.corpus.forms import FORMS
from tests.corpus.listing import IMPLICIT_IMPORTS

Aliases: TypeAlias = dict[str, str]


def constructs_of(*sources: str) -> frozenset[str]:
    """Return all constructs that at least one of the programs uses.

    Raises:
        SyntaxError: One of them is not Python.
    """
    trees = [ast.parse(source) for source in sources]
    return frozenset(construct for tree in trees for construct in _of_program(tree)) | _forms(trees)


def _of_program(tree: ast.Module) -> Iterator[str]:
    aliases = _aliases(ast.parse(IMPLICIT_IMPORTS)) | _aliases(tree)
    for node in ast.walk(tree):
        yield from _of_node(node, aliases)


def _forms(trees: list[ast.Module]) -> frozenset[str]:
    nodes = [node for tree in trees for node in ast.walk(tree)]
    return frozenset(f"form:{name}" for name, holds in FORMS.items() if any(map(holds, nodes)))


def _of_node(node: ast.AST, aliases: Aliases) -> Iterator[str]:
    yield f"node:{type(node).__name__}"
    for reader in _READERS:
        yield from reader(node, aliases)


def _imports(node: ast.AST, _: Aliases) -> Iterator[str]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield f"import:{alias.name}" + (f" as {alias.asname}" if alias.asname else "")
    elif isinstance(node, ast.ImportFrom):
        yield f"import:from {node.module}"


def _definitions(node: ast.AST, _: Aliases) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef) and node.name.startswith("__"):
        yield f"def:{node.name}"


def _names(node: ast.AST, aliases: Aliases) -> Iterator[str]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        if node.id in aliases:
            yield f"api:{aliases[node.id]}"
        elif hasattr(builtins, node.id):
            yield f"builtin:{node.id}"


def _members(node: ast.AST, aliases: Aliases) -> Iterator[str]:
    if isinstance(node, ast.Attribute):
        dotted = _dotted(node, aliases)
        yield f"api:{dotted}" if dotted else f"member:{node.attr}"


def _dotted(node: ast.expr, aliases: Aliases) -> str:
    """Return the full name of what a chain of attributes of a module names, or ""."""
    if isinstance(node, ast.Name):
        return aliases.get(node.id, "")
    if isinstance(node, ast.Attribute):
        owner = _dotted(node.value, aliases)
        return f"{owner}.{node.attr}" if owner else ""
    return ""


def _aliases(tree: ast.Module) -> Aliases:
    """Return the full name behind each name that imports bind."""
    names: Aliases = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {
                a.asname or a.name.split(".")[0]: a.name if a.asname else a.name.split(".")[0] for a in node.names
            }
        elif isinstance(node, ast.ImportFrom):
            names |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
    return names


_READERS: tuple[Callable[[ast.AST, Aliases], Iterator[str]], ...] = (_imports, _definitions, _names, _members)
