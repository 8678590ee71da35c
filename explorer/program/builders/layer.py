"""What a layer is: the fields of its constructor, how it is written, and how it is read from a program."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from explorer.program.builders.calls import Fields, read_arguments, write_arguments
from explorer.program.builders.parameters import Parameter
from explorer.program.builders.starts import Shape

NORMALISATION = "Normalisation"
"""Group of the layers that normalise."""
RECURRENT = "Recurrent"
"""Group of the layers that go through a sequence, and of their cells."""


@dataclass(frozen=True)
class LayerType:
    """One of `torch.nn`'s layers.

    Attributes:
        name: torch's name.
        group: Heading in the list of layers.
        summary: One sentence.
        parameters: Its constructor's, as fields.
        start: Fields that run for an input of a shape.
        stem: Begin of the name that a new one gets: `conv`.
        channels: The fields that say how many channels (or features) come in and go out, or ().
        dims: How many spatial dimensions its input has; 0: none, or any.
        minor: Names of the parameters that are seldom changed.
    """

    name: str
    group: str
    summary: str
    parameters: tuple[Parameter, ...]
    start: Callable[[Shape], Fields]
    stem: str
    channels: tuple[str, ...] = ()
    dims: int = 0
    minor: tuple[str, ...] = ()

    @property
    def is_window(self) -> bool:
        """Whether it slides a window over its input."""
        return any(parameter.name in ("kernel_size", "output_size") for parameter in self.parameters)

    @property
    def is_norm(self) -> bool:
        """Whether it normalises."""
        return self.group == NORMALISATION

    @property
    def is_recurrent(self) -> bool:
        """Whether it goes through a sequence, or takes one step of it."""
        return self.group == RECURRENT

    @property
    def has_kernel(self) -> bool:
        """Whether it slides a weight over its input."""
        return self.dims > 0 and len(self.channels) > 1

    def defaults(self, shape: Shape) -> Fields:
        """Return fields that run for an input of this shape, where there are any."""
        return {parameter.name: parameter.default for parameter in self.parameters} | self.start(shape)

    def taken_over(self, shape: Shape, fields: Mapping[str, str]) -> Fields:
        """Return `defaults`, with the fields of another layer as far as they mean something here."""
        known = {parameter.name: parameter for parameter in self.parameters}
        # recurrent layers have the same fields: also `len(vocab)`, which no field would take, means the same
        kept = {
            name: text
            for name, text in fields.items()
            if name in known and (self.is_recurrent or known[name].accepts(text))
        }
        return self.defaults(shape) | kept

    def render(self, fields: Mapping[str, str], *, kept: Collection[str] = ()) -> str:
        """Return the call of the constructor; raise ArgumentProblem for a wrong field."""
        return f"nn.{self.name}({write_arguments(self.parameters, fields, kept)})"

    def parse(self, node: ast.expr) -> Fields | None:
        """Read the fields from an expression; None where it is another layer, or a form not understood."""
        if layer_name(node) != self.name or not isinstance(node, ast.Call):
            return None
        return read_arguments(self.parameters, node.args, node.keywords)


def layer_name(node: ast.AST) -> str:
    """Return `Conv2d` for a call of `nn.Conv2d` or `torch.nn.Conv2d`, else ""."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="nn"), attr=name)):
            return name
        case ast.Call(func=ast.Attribute(value=ast.Attribute(value=ast.Name(id="torch"), attr="nn"), attr=name)):
            return name
    return ""
