"""The text of a call in the program: its parts, and programs in which one of them is changed."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from explorer.trace import Binding, TensorState
from explorer.trace.model import Position

_PRIMARY = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.List)
_LIBRARIES = frozenset({"torch", "nn", "F", "np", "numpy"})


@dataclass(frozen=True)
class Expression:
    """A calling expression, or the statement that makes the call (`x[0] = 1`, `x += y`), in the program's text."""

    source: str
    position: Position

    @cached_property
    def text(self) -> str:
        """What stands there."""
        return self.source[self._start : self._end]

    @cached_property
    def node(self) -> ast.AST | None:
        """The parsed expression or statement; None where the text is neither."""
        return _parsed(self.text)

    @cached_property
    def parts(self) -> tuple[ast.expr, ...]:
        """What the call takes, in its order: a method's tensor comes first, then arguments, then keywords."""
        return tuple(_parts(self.node)) if self.node is not None else ()

    @property
    def keywords(self) -> dict[str, ast.expr]:
        """The keyword arguments of a call."""
        if not isinstance(self.node, ast.Call):
            return {}
        return {keyword.arg: keyword.value for keyword in self.node.keywords if keyword.arg is not None}

    def segment(self, node: ast.expr) -> str:
        """Return the text of a part."""
        start, end = self._span(node)
        return self.text[start:end]

    def with_method(self, node: ast.expr, call: str) -> tuple[str, str]:
        """Return the expression, and the whole program, with `.call` put behind one part."""
        start, end = self._span(node)
        part = self.text[start:end]
        part = part if isinstance(node, _PRIMARY) else f"({part})"
        changed = f"{self.text[:start]}{part}.{call}{self.text[end:]}"
        return changed, self.source[: self._start] + changed + self.source[self._end :]

    def operands(self, inputs: Sequence[TensorState], bindings: Iterable[Binding]) -> tuple[ast.expr | None, ...]:
        """Return the part that stands for each tensor argument; None where the text does not tell.

        Args:
            inputs: The tensor arguments in the order of the call.
            bindings: What the names held before it.
        """
        bound = {binding.name: binding.state.tensor for binding in bindings}
        possible = [part for part in _flattened(self.parts) if _may_be_tensor(part)]
        # a name bound on the same line, or outside of the function, is not among the bindings
        likely = [part for part in possible if not isinstance(part, ast.Name) or part.id in bound]
        for parts in (likely, possible):
            if _fits(parts, inputs, bound):
                return tuple(parts)
        named = {bound[part.id]: part for part in likely if isinstance(part, ast.Name)}
        return tuple(named.get(state.tensor) for state in inputs)

    @cached_property
    def _start(self) -> int:
        return self._offset(self.position.line, self.position.column)

    @cached_property
    def _end(self) -> int:
        return self._offset(self.position.end_line, self.position.end_column)

    def _offset(self, line: int, column: int) -> int:
        return sum(len(text) + 1 for text in self.source.split("\n")[: line - 1]) + column

    def _span(self, node: ast.expr) -> tuple[int, int]:
        shift = 2 if isinstance(self.node, ast.expr) else 1
        lines = self.text.split("\n")

        def place(line: int, column: int) -> int:
            # ast counts bytes
            before = len(lines[line - shift].encode()[:column].decode(errors="ignore"))
            return sum(len(text) + 1 for text in lines[: line - shift]) + before

        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return place(node.lineno, node.col_offset), place(end_line, end_column)


@lru_cache(maxsize=256)
def expression_at(source: str, position: Position) -> Expression:
    """Return the expression at a place of a program; the steps of a loop share one."""
    return Expression(source, position)


def _parsed(text: str) -> ast.AST | None:
    try:
        return ast.parse(f"(\n{text}\n)", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    try:
        statements = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return statements[0] if len(statements) == 1 else None


def _parts(node: ast.AST) -> Iterator[ast.expr]:
    match node:
        case ast.Call():
            if isinstance(node.func, ast.Attribute) and _root(node.func) not in _LIBRARIES:
                yield node.func.value
            yield from node.args
            yield from (keyword.value for keyword in node.keywords)
        case ast.BinOp(left=left, right=right):
            yield from (left, right)
        case ast.Compare(left=left, comparators=[right, *_]):
            yield from (left, right)
        case ast.AugAssign(target=target, value=value):
            yield from (target, value)
        case ast.UnaryOp(operand=operand):
            yield operand
        case ast.Subscript(value=value, slice=index):
            yield from (value, index)
        case ast.Assign(targets=[ast.Subscript(value=target, slice=index)], value=value):
            yield from (target, index, value)
        case ast.Attribute(value=value):
            yield value


def _flattened(parts: Iterable[ast.expr]) -> Iterator[ast.expr]:
    for part in parts:
        if isinstance(part, ast.List | ast.Tuple):
            yield from _flattened(part.elts)
        else:
            yield part


def _fits(parts: Sequence[ast.expr], inputs: Sequence[TensorState], bound: dict[str, int]) -> bool:
    """Tell whether the parts may stand for the inputs in this order: as many, and no name holds another tensor."""
    numbers = [bound.get(part.id) if isinstance(part, ast.Name) else None for part in parts]
    return len(parts) == len(inputs) and all(
        number in (None, state.tensor) for number, state in zip(numbers, inputs, strict=True)
    )


def _may_be_tensor(node: ast.expr) -> bool:
    """Tell whether a part may stand for a tensor: no number, no module of torch's."""
    match node:
        case ast.Constant() | ast.Slice() | ast.Starred():
            return False
        case ast.UnaryOp(operand=operand):
            return _may_be_tensor(operand)
        case ast.Name() | ast.Attribute():
            return _root(node) not in _LIBRARIES
    return True


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
