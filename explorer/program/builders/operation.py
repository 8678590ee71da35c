"""What an operation is: its fields, how it is written, and how it is read back from a program."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer.program.builders.calls import Fields, Style, read_arguments, torch_function, write_arguments
from explorer.program.builders.expressions import index_text, primary

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from explorer.program.builders.parameters import Parameter
    from explorer.program.builders.starts import Shape

# Methods that torch does not offer as functions.
_METHODS_ONLY = frozenset({"view", "expand", "repeat", "contiguous", "unfold"})


@dataclass(frozen=True)
class Match:
    """An operation read from a program: its fields, what it is applied to, and how it is written."""

    fields: Fields
    receiver: ast.expr
    style: Style


def _nothing(_shape: Shape) -> Fields:
    return {}


def _always(_shape: Shape) -> str:
    return ""


@dataclass(frozen=True)
class Operation:
    """One torch operation that a chip can be.

    Attributes:
        name: torch's name; `index` for `x[…]`.
        group: Heading in the list of operations.
        summary: One sentence.
        parameters: Its fields.
        form: How it is written when nothing else is asked for.
        start: Fields for a tensor of a shape; see `defaults`.
        refuses: Why torch has no legal call for a tensor of a shape, or "".
    """

    name: str
    group: str
    summary: str
    parameters: tuple[Parameter, ...] = ()
    form: Style = "method"
    start: Callable[[Shape], Fields] = _nothing
    refuses: Callable[[Shape], str] = _always

    def defaults(self, shape: Shape) -> Fields:
        """Return fields that run for a tensor of this shape, unless `refuses` gives a reason."""
        return {parameter.name: parameter.default for parameter in self.parameters} | self.start(shape)

    def render(
        self,
        receiver: str,
        fields: Mapping[str, str],
        *,
        style: Style | None = None,
        kept: Collection[str] = (),
    ) -> str:
        """Return the expression that applies the operation to `receiver`.

        Args:
            receiver: Text of an expression. stack and cat take all their tensors from the field instead; an
                empty field joins the receiver with itself.
            fields: Text of each field; missing ones have their default.
            style: `function` for `torch.reshape(x, (3, 8))`; by default, the operation's own form.
            kept: Fields that stand in the program as they are and need no check.

        Raises:
            ArgumentProblem: A field's text makes no argument.
        """
        if self.form == "method" and style == "function" and self.name not in _METHODS_ONLY:
            arguments = write_arguments(self.parameters, fields, kept)
            return f"torch.{self.name}({receiver}{', ' if arguments else ''}{arguments})"
        if self.form == "function":
            fields = {**fields, "tensors": fields.get("tensors", "").strip() or f"{receiver}, {receiver}"}
            return f"torch.{self.name}({write_arguments(self.parameters, fields, kept)})"
        return primary(receiver) + self.tail(fields, kept)

    def tail(self, fields: Mapping[str, str], kept: Collection[str] = ()) -> str:
        """Return what follows the receiver in the operation's own form: `.view(4, 6)`, `[0, 1:3]`, `.T`."""
        if self.form == "attribute":
            return f".{self.name}"
        arguments = write_arguments(self.parameters, fields, kept, spread=True)
        return f"[{arguments}]" if self.form == "index" else f".{self.name}({arguments})"

    def parse(self, node: ast.expr) -> Match | None:
        """Read the operation from an expression; None where it is another one, or a form not understood."""
        if self.form == "index":
            return self._from_subscript(node)
        if self.form == "attribute":
            found = isinstance(node, ast.Attribute) and node.attr == self.name and _is_tensor(node.value)
            return Match({}, node.value, "attribute") if found else None  # type: ignore[attr-defined]
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            return None
        if node.func.attr != self.name:
            return None
        if torch_function(node):
            return self._from_function(node)
        return self._from_method(node, node.func.value) if self.form == "method" else None

    def _from_subscript(self, node: ast.expr) -> Match | None:
        if not isinstance(node, ast.Subscript) or not _is_tensor(node.value):
            return None
        text = index_text(node)
        return Match({"index": text}, node.value, "index") if self.parameters[0].accepts(text) else None

    def _from_method(self, node: ast.Call, receiver: ast.expr) -> Match | None:
        if not _is_tensor(receiver):
            return None
        spread = any(parameter.spread for parameter in self.parameters)
        fields = read_arguments(self.parameters, node.args, node.keywords, spread=spread)
        return None if fields is None else Match(fields, receiver, "method")

    def _from_function(self, node: ast.Call) -> Match | None:
        if self.form == "function":
            fields = read_arguments(self.parameters, node.args, node.keywords)
            joined = next(iter(node.args), None) or node.keywords[0].value if fields else None
            first = joined.elts[0] if isinstance(joined, ast.List | ast.Tuple) else None
            return Match(fields, first, "function") if fields and first else None
        arguments, keywords = list(node.args), list(node.keywords)
        named = next((keyword for keyword in keywords if keyword.arg == "input"), None)
        if named is not None:
            keywords.remove(named)
        receiver = named.value if named else arguments.pop(0) if arguments else None
        if receiver is None or self.name in _METHODS_ONLY:
            return None
        fields = read_arguments(self.parameters, arguments, keywords)
        return None if fields is None else Match(fields, receiver, "function")


def _is_tensor(node: ast.expr) -> bool:
    """Tell a value from a literal list or text, which `x[0]` may also stand behind."""
    return not isinstance(node, ast.List | ast.Tuple | ast.Dict | ast.Set | ast.Constant | ast.JoinedStr)
