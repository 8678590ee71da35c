"""What an operation is: its fields, how it is written, and how it is read back from a program."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from explorer.program.builders.calls import Fields, Style, write_arguments, written_arguments
from explorer.program.builders.expressions import operand_text, primary

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from explorer.program.builders.parameters import Parameter
    from explorer.program.builders.starts import Shape

# What stands in the texts of `start` for the tensor that the operation is applied to.
RECEIVER = "{x}"


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


def _unnamed(_fields: Mapping[str, str]) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True)
class Operation:
    """One torch operation that a chip can be.

    Attributes:
        name: torch's name; `index` for `x[…]`, and the like for what has none.
        group: Heading in the list of operations.
        summary: One sentence.
        parameters: Its fields.
        form: How it is written when nothing else is asked for.
        start: Fields for a tensor of a shape; see `defaults`.
        refuses: Why torch has no legal call for a tensor of a shape, or "".
        module: Where a function of that name is; "" for methods alone.
        place: Where the tensor stands among a function's arguments.
        results: Names for the results of a call that has several, or a tuple of them; by its fields.
        sequence: Whether its result is a tuple of tensors, as many as the sizes say.
        floating: Whether torch refuses whole numbers and truth values.
        silent: Whether it returns nothing, so that it stands as a line of its own.
    """

    name: str
    group: str
    summary: str
    parameters: tuple[Parameter, ...] = ()
    form: Style = "method"
    start: Callable[[Shape], Fields] = _nothing
    refuses: Callable[[Shape], str] = _always
    module: Literal["torch", "torch.autograd", "F", ""] = "torch"
    place: int = 0
    results: Callable[[Mapping[str, str]], tuple[str, ...]] = _unnamed
    sequence: bool = False
    floating: bool = False
    silent: bool = False

    @property
    def is_line(self) -> bool:
        """Whether it is a line by itself, with no result that others could be applied to."""
        return self.silent or self.form == "write"

    def defaults(self, shape: Shape, receiver: str = "x") -> Fields:
        """Return fields that run for `receiver`, a tensor of this shape, unless `refuses` gives a reason."""
        fields = {parameter.name: parameter.default for parameter in self.parameters} | self.start(shape)
        return {name: text.replace(RECEIVER, primary(receiver)) for name, text in fields.items()}

    def render(
        self,
        receiver: str,
        fields: Mapping[str, str],
        *,
        style: Style | None = None,
        kept: Collection[str] = (),
    ) -> str:
        """Return the expression that applies the operation to `receiver`, or the statement that writes to it.

        Args:
            receiver: Text of an expression. What joins tensors takes all of them from the field instead; an
                empty field joins the receiver with itself.
            fields: Text of each field; missing ones have their default.
            style: `function` for `torch.reshape(x, (3, 8))`; by default, the operation's own form.
            kept: Fields that stand in the program as they are and need no check.

        Raises:
            ArgumentProblem: A field's text makes no argument.
        """
        if self.form == "function" or (self.form == "method" and style == "function" and self.module):
            arguments = written_arguments(self.parameters, fields, kept)
            arguments.insert(self.place, receiver)
            return f"{self.module}.{self.name}({', '.join(arguments)})"
        if self.form == "join":
            fields = {**fields, "tensors": fields.get("tensors", "").strip() or f"{receiver}, {receiver}"}
            return f"torch.{self.name}({write_arguments(self.parameters, fields, kept)})"
        if self.form == "numpy":
            dims = write_arguments(self.parameters, fields, kept, spread=True)
            return f"torch.from_numpy({primary(receiver)}.numpy().transpose({dims}))"
        return primary(receiver) + (" " if self.form == "operator" else "") + self.tail(fields, kept)

    def tail(self, fields: Mapping[str, str], kept: Collection[str] = ()) -> str:
        """Return what follows the receiver in the operation's own form: `.view(4, 6)`, `[0, 1:3]`, `.T`, `+ 1`."""
        if self.form == "attribute":
            return f".{self.name}"
        if self.form == "operator":
            return self._operator_tail(fields, kept)
        if self.form == "write":
            return self._write_tail(fields, kept)
        arguments = write_arguments(self.parameters, fields, kept, spread=True)
        return f"[{arguments}]" if self.form == "index" else f".{self.name}({arguments})"

    def _operator_tail(self, fields: Mapping[str, str], kept: Collection[str]) -> str:
        *sign, other = written_arguments(self.parameters, fields, kept)
        return f"{''.join(sign) or self.name} {operand_text(other)}"

    def _write_tail(self, fields: Mapping[str, str], kept: Collection[str]) -> str:
        first, value = written_arguments(self.parameters, fields, kept)
        return f"[{first}] = {value}" if self.name == "assign" else f" {first} {value}"
