"""Which layers read what a recurrent layer returns, and their sizes where that layer gets others.

Lines are gone through in their order, as Python would, only with kinds of results in place of tensors: so a name that
is given something else is no result any more. What only a run can tell is left as it is.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from explorer.program.builders.layer import layer_name
from explorer.program.builders.layers import LAYERS, is_sequential
from explorer.program.builders.links import Program
from explorer.program.builders.source import Edit

Value: TypeAlias = "str | tuple[Value, ...]"
"""A kind of result, `output`, `state` (h_n) or `cell` (c_n), or several of them as a call returns them."""
Values: TypeAlias = "frozenset[Value]"

_RETURNED: Mapping[str, Value] = {
    "LSTM": ("output", ("state", "cell")),
    "GRU": ("output", "state"),
    "RNN": ("output", "state"),
    "LSTMCell": ("state", "cell"),
    "GRUCell": "state",
    "RNNCell": "state",
}
_READS = {"Linear": "in_features", "LayerNorm": "normalized_shape", **dict.fromkeys(_RETURNED, "input_size")}
# layers whose result has the sizes of what they take
_PASSING = frozenset(
    ("Dropout", "ELU", "GELU", "Identity", "LayerNorm", "LeakyReLU", "ReLU", "SiLU", "Sigmoid", "Softplus", "Tanh")
)
# functions that keep the last size, as a program calls them that imports them by their names
_KEEPING = frozenset(("cat", "dropout", "pad_packed_sequence", "relu", "stack", "tanh"))
_NONE: Values = frozenset()


@dataclass(frozen=True)
class Features:
    """How many features the results of a recurrent layer have, as its fields write it.

    Attributes:
        directions: One or two.
        hidden: hidden_size, the features of c_n.
        state: Those of h_n: hidden_size, or proj_size.
    """

    directions: int
    hidden: str
    state: str

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> Features:
        """Return what the fields of a layer say."""
        hidden, projected = fields.get("hidden_size", ""), fields.get("proj_size", "0")
        return cls(2 if fields.get("bidirectional") == "True" else 1, hidden, hidden if projected == "0" else projected)

    def sizes(self, kind: str) -> tuple[tuple[str, ...], ...]:
        """Return the numbers of features that a result may be read with, each in all its forms, the likeliest first.

        h_n and c_n hold one direction at a time; both are often put side by side.
        """
        one = self.hidden if kind == "cell" else self.state
        both = _times(self.directions, one)
        return (both,) if kind == "output" else (_times(1, one), both)


def _times(number: int, size: str) -> tuple[str, ...]:
    if size.isdigit():
        return (str(number * int(size)),)
    return (size,) if number == 1 else (f"{number} * {size}", f"{size} * {number}")


@dataclass(frozen=True, eq=False)
class Change:
    """A recurrent layer that gets other sizes.

    Attributes:
        program: The program.
        made: The call of its constructor.
        path: How the lines call it: `lstm`, `self.lstm`.
        before: Its features as the program has them.
        after: Those that it gets.
    """

    program: Program
    made: ast.AST
    path: str
    before: Features
    after: Features


def reader_edits(change: Change, lines: Sequence[ast.stmt], made: Sequence[ast.stmt] | None = None) -> list[Edit]:
    """Return the edits to the layers that read what a layer returns.

    Args:
        change: The layer that changes.
        lines: What runs, in its order.
        made: The lines that make the layers, where those are others.
    """
    if change.before == change.after:
        return []
    reading = _Reading(change, dict(_modules(lines if made is None else made)))
    reading.run(lines)
    return list(reading.edits.values())


def _modules(lines: Sequence[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    """Yield the layers that lines give a name, and the elements of a stack, by how they are called."""
    for node in (node for line in lines for node in ast.walk(line)):
        match node:
            case ast.Assign(targets=[ast.Name() | ast.Attribute() as target], value=ast.Call() as value):
                if layer_name(value):
                    yield from _named(ast.unparse(target), value)


def _named(path: str, node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    yield path, node
    if is_sequential(node) and isinstance(node, ast.Call):
        for place, element in enumerate(node.args):
            yield from _named(f"{path}[{place}]", element)


@dataclass(eq=False)
class _Reading:
    """What is known while lines are gone through.

    Attributes:
        change: The layer that changes.
        modules: The layers that have a name.
        names: What names hold of its results.
        edits: Those of the layers that read them, by the node that is edited.
    """

    change: Change
    modules: Mapping[str, ast.expr]
    names: dict[str, Values] = field(default_factory=dict)
    edits: dict[int, Edit] = field(default_factory=dict)

    def run(self, lines: Sequence[ast.stmt]) -> None:
        """Go through lines."""
        for line in lines:
            self._line(line)

    def _line(self, line: ast.stmt) -> None:
        blocks = [getattr(line, name, []) for name in ("body", "orelse", "finalbody")]
        if isinstance(line, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return
        for part in ast.iter_child_nodes(line):
            if isinstance(part, ast.expr):
                self._note(part)
        # what the end of a loop's body knows, its begin knows the next time
        for _ in range(2 if isinstance(line, ast.For | ast.While) else 1):
            for block in blocks:
                self.run(block)
        match line:
            case ast.Assign(targets=[target], value=value):
                self._give(target, self._values(value))
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append"), args=[given])):
                self.names[name] = self.names.get(name, _NONE) | self._values(given)

    def _give(self, target: ast.expr, values: Values) -> None:
        """Let a target stand for values; each of several names for its own, where they are several."""
        match target:
            case ast.Name(id=name):
                self.names[name] = values
            case ast.Tuple(elts=items):
                for place, item in enumerate(items):
                    self._give(item, frozenset(part for value in values for part in _part(value, place)))

    def _values(self, node: ast.expr) -> Values:
        """Return what an expression is, or is made from by what keeps the last size, as far as it can be told."""
        match node:
            case ast.Name(id=name):
                return self.names.get(name, _NONE)
            case ast.Call(func=func) if ast.unparse(func) == self.change.path:
                return frozenset((_RETURNED[layer_name(self.change.made)],))
            case ast.Call(func=func, args=[given, *_]) if ast.unparse(func) in self.modules:
                return self._values(given) if _passes(self.modules[ast.unparse(func)]) else _NONE
            case ast.Call(func=ast.Name(id=name)) if name not in _KEEPING:
                return _NONE
            case ast.Call(func=ast.Attribute(value=ast.Name(id="self"))):
                return _NONE
            case ast.Subscript(value=value, slice=ast.Constant(value=int(place))):
                return frozenset(part for found in self._values(value) for part in _part(found, place))
        parts = (part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr))
        return frozenset(kind for part in parts for value in self._values(part) for kind in _kinds(value))

    def _note(self, node: ast.expr) -> None:
        """Take down the layers that an expression calls on results."""
        for call in ast.walk(node):
            if isinstance(call, ast.Call) and call.args:
                for reader in _readers(self.modules.get(ast.unparse(call.func))):
                    kinds = {kind for value in self._values(call.args[0]) for kind in _kinds(value)}
                    if id(reader) not in self.edits and reader is not self.change.made:
                        self._resize(reader, kinds)

    def _resize(self, reader: ast.expr, kinds: set[str]) -> None:
        layer, text = LAYERS[layer_name(reader)], self.change.program.text
        fields, name = layer.parse(reader), _READS[layer.name]
        if fields is None:
            return
        for kind in sorted(kinds, key=("output", "state", "cell").index):
            pairs = zip(self.change.before.sizes(kind), self.change.after.sizes(kind), strict=True)
            new = next((new[0] for old, new in pairs if fields[name].strip("()") in old), None)
            if new is not None:
                written = layer.render({**fields, name: new}, kept=frozenset(fields))
                if new != fields[name]:
                    self.edits[id(reader)] = Edit(text.start(reader), text.end(reader), written)
                return


def _part(value: Value, place: int) -> Iterator[Value]:
    """Yield what stands at a place of results: of a single one it is a part, which has its features."""
    if isinstance(value, str):
        yield value
    elif place < len(value):
        yield value[place]


def _kinds(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    else:
        for part in value:
            yield from _kinds(part)


def _passes(node: ast.expr) -> bool:
    """Tell a layer, or a stack, whose result has the sizes of what it takes."""
    if is_sequential(node) and isinstance(node, ast.Call):
        return all(_passes(element) for element in node.args)
    return layer_name(node) in _PASSING


def _readers(node: ast.expr | None) -> Iterator[ast.expr]:
    """Yield the layers, of one or of a stack, that take what is given: up to the first that gives other sizes."""
    elements = node.args if node is not None and is_sequential(node) and isinstance(node, ast.Call) else [node]
    for element in elements:
        if element is None:
            return
        if is_sequential(element):
            yield from _readers(element)
        elif layer_name(element) in _READS and layer_name(element) in LAYERS:
            yield element
        if not _passes(element):
            return
