"""Errors that no torch kernel raised: unknown names and attributes, list indices, wrong arguments."""

from __future__ import annotations

import ast
import builtins
import re
from typing import TYPE_CHECKING

from explorer.program.allowlist import MODULES, TENSOR, TYPES
from explorer.program.explain.case import Case
from explorer.program.explain.check import runs
from explorer.program.explain.devices import missing_device
from explorer.program.explain.locate import locate
from explorer.program.explain.model import Explanation
from explorer.program.explain.names import close_names, did_you_mean
from explorer.program.explain.signature import called_at, explain_signature, rebuilt
from explorer.program.explain.text import count_text, plain_words, sentence
from explorer.trace.model import Fix, Position

if TYPE_CHECKING:
    from collections.abc import Iterable

_BY_CLASS: dict[type[BaseException], tuple[str, str]] = {
    ZeroDivisionError: (
        "A Python number is divided by zero.",
        "Tensors give inf or nan; plain numbers cannot.",
    ),
    RecursionError: ("A function calls itself without an end.", "Check the case that shall end it."),
}
_NO_ATTRIBUTE = re.compile(r"(?:'([\w.]+)' object|module '([\w.]+)'|^([\w.]+)) has no attribute '(\w+)'")
_NO_NAME = re.compile(r"name '(\w+)' is not defined")


def explain_name_error(name: str, known: Iterable[str]) -> Explanation:
    """Explain a name that nothing is bound to.

    Args:
        name: The unknown name.
        known: All names that exist there: the program's own, modules, builtins.
    """
    hint = did_you_mean(close_names(name, known))
    return Explanation(f"Nothing is called {name} here.", hint or f"Give {name} a value before this line.")


def explain_attribute_error(name: str, owner: str, known: Iterable[str]) -> Explanation:
    """Explain an attribute that something does not have.

    Args:
        name: The unknown attribute.
        owner: What lacks it, in words: `a tensor`, `torch`.
        known: The attributes that it has and programs may use.
    """
    return Explanation(f"{sentence(owner)} has no attribute {name}.", did_you_mean(close_names(name, known)))


def explain_list_index(length: int, index: int, kind: str = "list") -> Explanation:
    """Explain an index outside a Python list or tuple.

    Args:
        length: How many items it has.
        index: The index asked for.
        kind: `list` or `tuple`.
    """
    if length == 0:
        return Explanation(f"The {kind} is empty, so it has no item {index}.")
    return Explanation(
        f"The {kind} has {count_text(length, 'item')}, so its indices are 0 … {length - 1}, or "
        f"-{length} … -1 "
        f"from the end. {index} is outside.",
        "The last item is [-1].",
    )


def explain_python_error(error: BaseException, known: Iterable[str], source: str, position: Position) -> Explanation:
    """Explain an exception that no torch call raised: by its class, else in its own words.

    Args:
        error: What was raised.
        known: The names that the program had at that moment.
        source: The program's text.
        position: Where in it the exception was raised.
    """
    explanation = missing_device(error, source)
    text = _Marked(source, position)
    if explanation is not None:
        return explanation
    if isinstance(error, NameError):
        explanation = _name_error(error, known, text)
    elif isinstance(error, AttributeError):
        explanation = _attribute_error(error, text)
    elif isinstance(error, IndexError) and "out of range" in str(error):
        explanation = _index_error(error, text)
    elif isinstance(error, KeyError) and error.args:
        explanation = Explanation(f"The dictionary has no key {error.args[0]!r}.", "`.keys()` lists its keys.")
    elif isinstance(error, TypeError):
        # torch refuses arguments that fit no signature before a recorder sees the call
        call = rebuilt(error, source, position)
        explanation = explain_signature(Case(call, locate(call)))
    return explanation or Explanation(*_BY_CLASS.get(type(error), (plain_words(error), "")))


class _Marked:
    """The program's text with the stretch that failed."""

    def __init__(self, source: str, position: Position) -> None:
        lines = [f"{line}\n" for line in source.split("\n")]
        self.source = source
        self.start = sum(map(len, lines[: position.line - 1])) + position.column
        self.end = sum(map(len, lines[: position.end_line - 1])) + position.end_column

    @property
    def text(self) -> str:
        return self.source[self.start : self.end]

    def renamed(self, pattern: str, name: str) -> str | None:
        """Return the program with the last match of `pattern` in the stretch replaced, if it parses."""
        found = list(re.finditer(pattern, self.text))
        if not found:
            return None
        at = (self.start + found[-1].start(1), self.start + found[-1].end(1))
        changed = self.source[: at[0]] + name + self.source[at[1] :]
        try:
            ast.parse(changed)
        except SyntaxError:
            return None
        return changed


def _name_error(error: NameError, known: Iterable[str], text: _Marked) -> Explanation:
    found = _NO_NAME.search(str(error))
    name = error.name or (found[1] if found else "")
    if isinstance(error, UnboundLocalError) or not name:
        return Explanation(plain_words(error))
    usable = {*known, *(one for one in dir(builtins) if one[0].islower())}
    explanation = explain_name_error(name, usable)
    return _with_fixes(explanation, close_names(name, usable)[:1], rf"\b({re.escape(name)})\b", text)


def _attribute_error(error: AttributeError, text: _Marked) -> Explanation:
    found = _NO_ATTRIBUTE.search(str(error))
    if found is None:
        return Explanation(plain_words(error))
    owner, name = found[1] or found[2] or found[3], found[4]
    known = _attributes(owner)
    explanation = explain_attribute_error(name, _owner_words(owner, is_module=bool(found[2])), known)
    close = [one for one in close_names(name, known) if _runs_renamed(error, text, name, one)]
    return _with_fixes(explanation, close, rf"\.\s*({re.escape(name)})\b", text)


def _runs_renamed(error: AttributeError, text: _Marked, name: str, other: str) -> bool:
    """Whether the attribute's call runs under its other name, as far as its arguments are known."""
    source = text.renamed(rf"\.\s*({re.escape(name)})\b", other)
    if source is None:
        return False
    call = called_at(error, source, text.start, text.end + len(other) - len(name), other)
    if call is None:
        return False
    site = locate(call)
    return site.form != "unknown" and runs(site, site.template)


def _attributes(owner: str) -> frozenset[str]:
    if owner in {"Tensor", "Parameter", "torch.Tensor"}:
        return TENSOR
    return MODULES.get(owner) or TYPES.get(owner, frozenset())


def _owner_words(owner: str, *, is_module: bool) -> str:
    if is_module or owner in MODULES:
        return owner
    kind = {"Tensor": "tensor", "Parameter": "tensor", "NoneType": "None"}.get(owner, owner)
    if kind == "None":
        return kind
    return f"an {kind}" if kind[0] in "aeiouAEIOU" else f"a {kind}"


def _with_fixes(explanation: Explanation, names: Iterable[str], pattern: str, text: _Marked) -> Explanation:
    fixes = []
    for name in names:
        source = text.renamed(pattern, name)
        if source is not None:
            fixes.append(Fix(name, source))
    return Explanation(explanation.message, explanation.hint, tuple(fixes))


def _index_error(error: IndexError, text: _Marked) -> Explanation:
    kind = str(error).split(" ", 1)[0]
    try:
        node = ast.parse(text.text.strip(), mode="eval").body
    except SyntaxError:
        return Explanation(plain_words(error))
    if not isinstance(node, ast.Subscript):
        return Explanation(plain_words(error))
    item, owner = ast.unparse(node.slice), ast.unparse(node.value)
    return Explanation(
        f"The {kind} {owner} has no item {item}: it is too short.",
        f"Indices go from 0 to len({owner}) - 1; [-1] is the last item.",
    )
