"""Reading a program as chips: each statement is a chain of links, the innermost first."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from explorer.program.builders.creations import CREATIONS, match_creation, seed_of
from explorer.program.builders.layers import is_sequential, match_layer
from explorer.program.builders.operations import OPERATIONS, match_operation
from explorer.program.builders.problems import EditProblem
from explorer.program.builders.source import Position, Text, parse

if TYPE_CHECKING:
    from explorer.program.builders.calls import Fields, Style

Role = Literal["creation", "operation", "layer", "raw"]
# What may stand between a receiver and the dot: its closing parentheses, spaces, line ends, comments.
_GAP = re.compile(r"(?:[\s)]|\\\r?\n|#[^\r\n]*)*")
# Styles in which the whole expression belongs to the operation, not only what follows the receiver.
_WHOLE = frozenset({"function", "join", "numpy", "write"})
_NOTES: dict[type[ast.AST], str] = {
    ast.FunctionDef: "function",
    ast.AsyncFunctionDef: "function",
    ast.ClassDef: "class",
}
_MODULES = frozenset({"torch", "np", "nn", "F", "math"})


@dataclass(frozen=True)
class Chip:
    """One call of a program, as the page shows it.

    Attributes:
        index: Its place among the chips.
        role: `raw` chips can only be removed; they are edited in the program's text.
        name: Key in CREATIONS, OPERATIONS or LAYERS; "" for raw.
        fields: Text of each parameter.
        text: What it shows: `x = torch.arange(24)`, `.view(4, 6)`, `torch.stack([a, b], dim=0)`, `[0, 1:3]`.
        target: The name that its statement assigns, or "".
        span: (line, column, end_line, end_column) of its node; lines from 1, columns from 0 in characters.
        statement: Index of its statement in the program.
        movable: Whether it can change places with other operations.
        note: What a chip is that makes no tensor: "function", "class", "layer" or "".
        path: Of a layer: how the program calls it, `conv` or `net[0]`; "" where it has no name.
    """

    index: int
    role: Role
    name: str
    fields: Fields
    text: str
    target: str
    span: Position
    statement: int
    movable: bool = False
    note: str = ""
    path: str = ""


@dataclass(frozen=True, eq=False)
class Link:
    """One link of a statement's chain: `receiver` is what it is applied to, None for the first of a chain.

    The layers that a statement makes are links, too: each stands for itself, and `path` is how the program calls it.
    """

    role: Role
    node: ast.expr | ast.stmt
    name: str = ""
    fields: Fields = field(default_factory=dict)
    receiver: ast.expr | None = None
    style: Style = "method"
    path: str = ""


@dataclass(frozen=True, eq=False)
class Statement:
    """A top-level statement that shows as chips.

    `place` is its index in the program's body, `targets` are the names that it gives to the results of its chain.
    """

    place: int
    node: ast.stmt
    targets: tuple[str, ...]
    links: tuple[Link, ...]

    @property
    def target(self) -> str:
        """The name of the first result, or ""."""
        return self.targets[0] if self.targets else ""

    @property
    def makes_layers(self) -> bool:
        """Whether it makes layers, not a tensor."""
        return any(link.role == "layer" for link in self.links)


@dataclass(frozen=True, eq=False)
class Program:
    """A program read as chains."""

    text: Text
    body: list[ast.stmt]
    statements: tuple[Statement, ...]

    @property
    def chips(self) -> tuple[Chip, ...]:
        """All chips, in the order in which their calls run."""
        pairs = [(statement, link) for statement in self.statements for link in statement.links]
        return tuple(self._chip(index, *pair) for index, pair in enumerate(pairs))

    def find(self, index: int) -> tuple[Statement, int]:
        """Return a chip's statement and its place among the statement's links."""
        place = index
        for statement in self.statements:
            if 0 <= place < len(statement.links):
                return statement, place
            place -= len(statement.links)
        raise EditProblem(f"There is no chip number {index + 1}. The program may have changed meanwhile.")

    def seed(self, statement: Statement) -> ast.expr | None:
        """Return the argument of the `torch.manual_seed(…)` right before a random creation, or None."""
        first = statement.links[0]
        if first.role != "creation" or not CREATIONS[first.name].random or statement.place == 0:
            return None
        return seed_of(self.body[statement.place - 1])

    def _chip(self, index: int, statement: Statement, link: Link) -> Chip:
        fields = dict(link.fields)
        if link is statement.links[0] and (seed := self.seed(statement)) is not None:
            fields["seed"] = ast.unparse(seed)
        text = _shown(self.text, statement, link)
        return Chip(
            index,
            link.role,
            link.name,
            fields,
            text,
            statement.target,
            self.text.span(link.node),
            statement.place,
            _is_movable(statement, link),
            "layer" if statement.makes_layers else _NOTES.get(type(link.node), ""),
            link.path,
        )


@lru_cache(maxsize=64)
def read(source: str) -> Program | None:
    """Return the program read as chains, or None for bad syntax."""
    tree = parse(source)
    if tree is None:
        return None
    modules = _MODULES | {
        (alias.asname or alias.name).split(".")[0]
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    statements = (_statement(place, node, modules) for place, node in enumerate(tree.body))
    return Program(Text(source), tree.body, tuple(found for found in statements if found))


def _statement(place: int, node: ast.stmt, modules: frozenset[str]) -> Statement | None:
    if isinstance(node, ast.Import | ast.ImportFrom) or seed_of(node) is not None:
        return None
    targets, value = _assignment(node)
    try:
        links = _written(node) or (_value_links(value, targets, modules) if value is not None else ())
    except RecursionError:
        # ast.unparse goes down into arguments that the parser could still take
        links = ()
    if not links:
        # which of several names a raw statement gives to a tensor only a run can tell
        return Statement(place, node, targets if len(targets) == 1 else (), (Link("raw", node),))
    return Statement(place, node, targets, links)


def _is_movable(statement: Statement, link: Link) -> bool:
    if statement.makes_layers:
        return len(statement.links) > 1
    return link.role == "operation" and not OPERATIONS[link.name].is_line and len(statement.targets) < 2


def _value_links(value: ast.expr, targets: tuple[str, ...], modules: frozenset[str]) -> tuple[Link, ...]:
    layers = _layers(value, targets[0] if len(targets) == 1 else "")
    return layers if any(link.role == "layer" for link in layers) else _chain(value, modules)


def _layers(node: ast.expr, path: str) -> tuple[Link, ...]:
    """Return the layers that an expression makes, in order: one, or the elements of `nn.Sequential`."""
    if found := match_layer(node):
        return (Link("layer", node, found[0].name, found[1], path=path),)
    if not is_sequential(node) or not isinstance(node, ast.Call):
        return ()
    named = [(f"{path}[{place}]" if path else "", element) for place, element in enumerate(node.args)]
    return tuple(link for name, element in named for link in _layers(element, name) or _unread(element, name))


def _unread(node: ast.expr, path: str) -> tuple[Link, ...]:
    """Return an element of a stack that no form can show."""
    return (Link("raw", node, path=path),)


def _assignment(node: ast.stmt) -> tuple[tuple[str, ...], ast.expr | None]:
    """Return the names that a statement assigns and the value; no names for an expression alone."""
    if isinstance(node, ast.Expr):
        return (), node.value
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
        return (node.target.id,), node.value
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
        items = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
        names = tuple(item.id for item in items if isinstance(item, ast.Name))
        return (names, node.value) if len(names) == len(items) else ((), None)
    return (), None


def _written(node: ast.stmt) -> tuple[Link, ...]:
    """Return the one link of a statement that writes to a tensor: `x[0] = 9`, `x += 1`."""
    found = match_operation(node) if isinstance(node, ast.Assign | ast.AugAssign) else None
    if found is None:
        return ()
    operation, match = found
    return (Link("operation", node, operation.name, match.fields, match.receiver, match.style),)


def _chain(node: ast.expr, modules: frozenset[str]) -> tuple[Link, ...]:
    """Return the links of an expression, the innermost first; none when no field could show any of them."""
    found: list[Link] = []
    base: ast.expr | None = node
    while base is not None and (link := _link(base, modules)) is not None:
        found.append(link)
        # what is joined is told by a field: the chain starts there
        base = None if link.style == "join" else link.receiver
    while found and found[-1].role == "raw":
        base = found.pop().node  # type: ignore[assignment]
    if found and base is not None and not isinstance(base, ast.Name):
        found.append(Link("raw", base))
    return tuple(found[::-1])


def _link(node: ast.expr, modules: frozenset[str]) -> Link | None:
    """Return the outermost link of an expression, or None for one that starts a chain."""
    if found := match_operation(node):
        operation, match = found
        if not _is_module(match.receiver, modules):
            return Link("operation", node, operation.name, match.fields, match.receiver, match.style)
    if created := match_creation(node):
        return Link("creation", node, created[0].name, created[1])
    receiver: ast.expr | None = None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        receiver = node.func.value
    elif isinstance(node, ast.Attribute | ast.Subscript):
        receiver = node.value
    if receiver is None or _is_module(receiver, modules):
        return None
    return Link("raw", node, receiver=receiver)


def _is_module(node: ast.expr, modules: frozenset[str]) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in modules


def _shown(text: Text, statement: Statement, link: Link) -> str:
    segment = text.segment(link.node)
    if isinstance(link.node, ast.stmt):
        return segment
    if statement.makes_layers:
        return f"{link.path} = {segment}" if link.path else segment
    # `@ b` alone says little: an operator that starts a chain shows both of its sides
    if link.receiver is None or (link.style == "operator" and isinstance(link.receiver, ast.Name)):
        return f"{statement.target} = {segment}" if statement.target else segment
    if link.style in _WHOLE:
        return segment
    return text.source[tail_start(text, link) : text.end(link.node)]


def tail_start(text: Text, link: Link) -> int:
    """Return the offset of the dot or bracket with which a link follows its receiver."""
    end = text.end(link.receiver or link.node)
    found = _GAP.match(text.source, end)
    return found.end() if found else end


def gap(text: Text, link: Link) -> str:
    """Return the space, with its comments, between a receiver and the dot or bracket that follows it."""
    if link.receiver is None or link.style in _WHOLE:
        return ""
    # parentheses around the receiver are written anew where it needs them
    return re.sub(r"^[\s)]*\)", "", text.source[text.end(link.receiver) : tail_start(text, link)])
