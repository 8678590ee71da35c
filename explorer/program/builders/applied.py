"""Where a program's lines call a layer, and on what."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from explorer.program.builders.links import Program

MODES = ("train", "eval")
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, eq=False)
class Application:
    """A call of a layer, or of the stack that it stands in.

    Attributes:
        place: Index of its statement at the top level.
        node: The call.
        given: What it is called on; None where nothing is.
        whole: Whether it calls the layer itself, not a stack around it.
    """

    place: int
    node: ast.Call
    given: ast.expr | None
    whole: bool


def applications(program: Program, path: str) -> tuple[Application, ...]:
    """Return the calls of a layer outside of functions and classes, in the order of the text.

    Args:
        program: The program.
        path: How the program calls the layer: `bn`, `net[1]`.
    """
    return tuple(sorted(_applications(program, path), key=lambda call: program.text.end(call.node)))


def _applications(program: Program, path: str) -> Iterator[Application]:
    for place, node in top_level_nodes(program):
        if isinstance(node, ast.Call):
            called = mode_call(node.func, path)
            owner = ast.unparse(called.owner if called else node.func)
            if holds(owner, path):
                yield Application(place, node, node.args[0] if node.args else None, owner == path)


@dataclass(frozen=True, eq=False)
class ModeCall:
    """A call that sets the mode of a module: `net.eval()`, `net.train(False)`."""

    node: ast.Call
    owner: ast.expr
    mode: str


def mode_call(node: ast.AST, path: str) -> ModeCall | None:
    """Return the call that sets the mode of a layer, or of what holds it; None for anything else."""
    match node:
        case ast.Call(func=ast.Attribute(value=owner, attr="eval"), args=[], keywords=[]):
            mode = "eval"
        case ast.Call(func=ast.Attribute(value=owner, attr="train"), args=args, keywords=keywords):
            values = [*args, *(keyword.value for keyword in keywords)]
            off = any(isinstance(value, ast.Constant) and value.value is False for value in values)
            mode = "eval" if off else "train"
        case _:
            return None
    return ModeCall(node, owner, mode) if holds(ast.unparse(owner), path) else None


def holds(owner: str, path: str) -> bool:
    """Tell whether a path leads to a module, or into it: `net` holds `net[1]`."""
    return bool(path) and (path == owner or path.startswith((f"{owner}[", f"{owner}.")))


def top_level_nodes(program: Program) -> Iterator[tuple[int, ast.AST]]:
    """Yield all nodes outside of functions and classes with the index of their statement."""
    for place, statement in enumerate(program.body):
        if not isinstance(statement, _DEFINITIONS):
            yield from ((place, node) for node in ast.walk(statement))
