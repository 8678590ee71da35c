"""One exception of a program: where it stood in the text, what the names held there, and changes that mend it."""

from __future__ import annotations

import ast
import re
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import ModuleType
from typing import TYPE_CHECKING, Final

import torch

from explorer.program.explain.site import UNKNOWN
from explorer.program.explain.source import SourceText, parenthesised
from explorer.program.explain.text import plain_words, words_of
from explorer.trace.model import Fix, Position

if TYPE_CHECKING:
    from types import TracebackType

    from explorer.program.explain.rerun import Rerun
    from explorer.trace.calls import FailedCall
    from explorer.trace.recorder import Recorder

Change = tuple[str, str]
"""What a button says, and the program after the change."""

_MOST_FIXES: Final = 2
_MOST_TRIES: Final = 6
_LONGEST_LABEL: Final = 60
_TENSOR_FACTS = frozenset({"shape", "dtype", "device", "grad", "requires_grad", "data"})


@dataclass(frozen=True, eq=False)
class Fault:
    """An exception that stopped a program.

    Attributes:
        error: What was raised.
        source: The program's text.
        position: The program's own expression that raised it.
        filename: What the program was compiled with.
        known: The names that the program had at its top level.
        rerun: Tries changed programs; None offers no changes that need a run.
        recorder: What the program did before; None when nothing is known.
        failed: The torch call that raised, where one did.
    """

    error: BaseException
    source: str
    position: Position
    filename: str
    known: tuple[str, ...] = ()
    rerun: Rerun | None = field(default=None)
    recorder: Recorder | None = field(default=None)
    failed: FailedCall | None = field(default=None)

    @cached_property
    def text(self) -> SourceText:
        """The program's text with its syntax tree."""
        return SourceText(self.source)

    @cached_property
    def said(self) -> str:
        """What torch or Python said, as it is."""
        return words_of(self.error)

    @cached_property
    def words(self) -> str:
        """What torch or Python said, cleaned."""
        return plain_words(self.error)

    @cached_property
    def span(self) -> tuple[int, int]:
        """Where the failing expression stands, in characters."""
        at = self.position
        return self.text.offset(at.line, at.column), self.text.offset(at.end_line, at.end_column)

    @cached_property
    def node(self) -> ast.AST | None:
        """The innermost expression or statement with the failing span; None without one."""
        try:
            nodes = list(ast.walk(self.text.tree))
        except (SyntaxError, ValueError, RecursionError):
            return None
        same = [node for node in nodes if isinstance(node, ast.expr | ast.stmt) and self._stands_there(node)]
        return same[-1] if same else None

    def _stands_there(self, node: ast.AST) -> bool:
        start, end = self.text.span(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and end == self.span[1]:
            # CPython gives a method call over several lines the position of the method's name
            return self.span[0] in {start, self.text.span(node.func)[1] - len(node.func.attr)}
        return (start, end) == self.span

    @property
    def root(self) -> torch.Tensor | None:
        """The first tensor of the torch call that raised."""
        return self.failed.tensors[0] if self.failed is not None and self.failed.tensors else None

    @property
    def call(self) -> ast.Call | None:
        """The failing expression where it is a call."""
        return self.node if isinstance(self.node, ast.Call) else None

    @cached_property
    def statement(self) -> ast.stmt | None:
        """The statement that the failing expression stands in."""
        found = self.text.around(self.node, ast.stmt) if self.node is not None else None
        return found if isinstance(found, ast.stmt) else None

    @cached_property
    def frames(self) -> tuple[Mapping[str, object], ...]:
        """What the names held in the program's innermost frame and in the library's frames inside of it."""
        found: list[Mapping[str, object]] = []
        traceback: TracebackType | None = self.error.__traceback__
        while traceback is not None:
            frame = traceback.tb_frame
            if frame.f_code.co_filename == self.filename:
                found = [ChainMap(frame.f_locals, frame.f_globals)]
            elif found:
                found.append(frame.f_locals)
            traceback = traceback.tb_next
        return tuple(found)

    @property
    def names(self) -> Mapping[str, object]:
        """What the names held where the program failed."""
        return self.frames[0] if self.frames else {}

    def matches(self, pattern: str) -> re.Match[str] | None:
        """Search torch's or Python's own message, all lines of it."""
        return re.search(pattern, self.said)

    def value(self, node: ast.AST | None) -> object:
        """Return what an expression stood for, or `UNKNOWN`; nothing of the program's is run for it."""
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return self.names.get(name, UNKNOWN)
            case ast.Attribute(value=owner, attr=name):
                return member(self.value(owner), name)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
                return -number
            case ast.Subscript(value=owner, slice=index):
                return _item(self.value(owner), self.value(index))
            case ast.Tuple(elts=items) | ast.List(elts=items):
                values = [self.value(item) for item in items]
                return UNKNOWN if any(one is UNKNOWN for one in values) else tuple(values)
            case _:
                return UNKNOWN

    def argument(self, place: int, keyword: str = "") -> ast.expr | None:
        """Return an argument of the failing call as it is written, or None."""
        if self.call is None:
            return None
        named = next((key.value for key in self.call.keywords if key.arg and key.arg == keyword), None)
        written = self.call.args[place] if place < len(self.call.args) else None
        return named or (None if isinstance(written, ast.Starred) else written)

    def name(self, node: ast.AST | None, default: str) -> str:
        """Return an expression's text if it is a plain or dotted name, else `default`."""
        return self.text.text(node) if isinstance(node, ast.Name | ast.Attribute) else default

    def with_methods(self, node: ast.expr | None, *methods: str) -> Iterator[Change]:
        """Yield the program with each of some methods called on an expression, such as `.float()`."""
        if node is None:
            return
        parent = self.text.parents.get(node)
        # parentheses around an operand belong to it; those around a call's argument belong to the call
        held = isinstance(parent, ast.Attribute | ast.BinOp | ast.UnaryOp | ast.Compare)
        span = self.text.operand(node, self.text.span(parent)) if held and parent is not None else self.text.span(node)
        text = self.source[slice(*span)]
        for method in methods:
            code = f"{parenthesised(text, node)}{method}"
            yield code if len(code) < _LONGEST_LABEL else method, self.text.replaced((span, code))

    def fixes(self, changes: Callable[[], Iterator[Change]]) -> tuple[Fix, ...]:
        """Return the first changes with which the program ends, or at least gets past its error.

        Args:
            changes: Yields them, best first; a `LookupError` in it ends them, since the text is not known.
        """
        if self.rerun is None:
            return ()
        good: dict[str, Fix] = {}
        better: dict[str, Fix] = {}
        for number, (label, source) in enumerate(_until_lookup_error(changes())):
            if source not in good and source != self.source and _parses(source):
                verdict = self.rerun.verdict(source)
                if verdict != "fails":
                    (better if verdict == "ends" else good)[source] = Fix(label, source)
            if len(better) == _MOST_FIXES or number + 1 == _MOST_TRIES or self.rerun.left <= 0:
                break
        return tuple({**better, **good}.values())[:_MOST_FIXES]


def member(owner: object, name: str) -> object:
    """Return an attribute without running a property or a `__getattr__` of the program's; else `UNKNOWN`."""
    if isinstance(owner, ModuleType):
        return vars(owner).get(name, UNKNOWN)
    if isinstance(owner, torch.Tensor):
        return getattr(owner, name) if name in _TENSOR_FACTS else UNKNOWN
    try:
        own: Mapping[str, object] = object.__getattribute__(owner, "__dict__")
    except AttributeError:
        return UNKNOWN
    if isinstance(owner, torch.nn.Module):
        held = [own, *(own.get(kind) for kind in ("_modules", "_parameters", "_buffers"))]
        return next((kept[name] for kept in held if isinstance(kept, Mapping) and name in kept), UNKNOWN)
    return own.get(name, UNKNOWN)


def _item(owner: object, index: object) -> object:
    if isinstance(owner, torch.nn.ModuleList | torch.nn.Sequential) and isinstance(index, int):
        return member(owner, str(index))
    if type(owner) in {list, tuple} and isinstance(owner, list | tuple) and isinstance(index, int):
        return owner[index] if -len(owner) <= index < len(owner) else UNKNOWN
    if type(owner) is dict and isinstance(owner, dict) and isinstance(index, str | int):
        return owner.get(index, UNKNOWN)
    return UNKNOWN


def _until_lookup_error(changes: Iterator[Change]) -> Iterator[Change]:
    try:
        yield from changes
    except LookupError:
        return


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    return True
