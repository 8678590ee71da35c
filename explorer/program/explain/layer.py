"""The layer that an error happened in: which module, what it got, and where the program made it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import torch
from torch import nn

from explorer.program.explain.places import last_name, place_of, told_apart
from explorer.program.explain.source import Span, parenthesised
from explorer.program.explain.text import sentence, shape_text

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault

# the attributes that say what a layer is, in the order of its constructor
_FACTS: Final[tuple[tuple[type[nn.Module], tuple[str, ...]], ...]] = (
    (nn.Linear, ("in_features", "out_features")),
    (nn.Bilinear, ("in1_features", "in2_features", "out_features")),
    (nn.modules.conv._ConvNd, ("in_channels", "out_channels", "kernel_size")),
    (nn.modules.batchnorm._NormBase, ("num_features",)),
    (nn.LayerNorm, ("normalized_shape",)),
    (nn.RMSNorm, ("normalized_shape",)),
    (nn.GroupNorm, ("num_groups", "num_channels")),
    (nn.LocalResponseNorm, ("size",)),
    (nn.RNNBase, ("input_size", "hidden_size")),
    (nn.RNNCellBase, ("input_size", "hidden_size")),
    (nn.Embedding, ("num_embeddings", "embedding_dim")),
    (nn.modules.pooling._MaxPoolNd, ("kernel_size",)),
    (nn.modules.pooling._AvgPoolNd, ("kernel_size",)),
    (nn.modules.pooling._LPPoolNd, ("norm_type", "kernel_size")),
    (nn.modules.pooling._MaxUnpoolNd, ("kernel_size",)),
    (nn.modules.pooling._AdaptiveMaxPoolNd, ("output_size",)),
    (nn.modules.pooling._AdaptiveAvgPoolNd, ("output_size",)),
    (nn.MultiheadAttention, ("embed_dim", "num_heads")),
)


@dataclass(frozen=True, eq=False)
class Layer:
    """A library module whose forward raised.

    Attributes:
        fault: The exception.
        module: The innermost library module.
        path: Its path in the module that the program called (`conv.0`), "" for that module itself.
        given: The first tensor that its forward got, or None.
    """

    fault: Fault
    module: nn.Module
    path: str
    given: torch.Tensor | None

    @property
    def title(self) -> str:
        """Return `conv1 (Conv2d(3, 16, 3))`."""
        name = self.place
        return f"{name} ({described(self.module)})" if name else f"The layer {described(self.module)}"

    @property
    def place(self) -> str:
        """Return the layer's path from the name that the program called: `net.1`; "" without either."""
        name = last_name(self.fault.call.func) if self.fault.call is not None else ""
        return ".".join(filter(None, (name, self.path)))

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes of what it got; () when that is not known."""
        return () if self.given is None else tuple(self.given.shape)

    @property
    def argument(self) -> ast.expr | None:
        """The text of what the layer got, where the program itself called this layer."""
        call = self.fault.call
        return call.args[0] if call is not None and call.args and not self.path else None

    @property
    def input_name(self) -> str:
        """What the layer got, by its name in the program."""
        return self.fault.name(self.argument, "the input")

    def has_shape(self) -> str:
        """Return `x has shape (4, 6)`, as the start of a sentence."""
        return f"{sentence(self.input_name)} has shape {shape_text(self.shape)}"

    def with_input(self, *methods: str) -> Iterator[Change]:
        """Yield the program with methods called on what the layer gets."""
        yield from self.fault.with_methods(self.argument, *methods)

    def with_size(self, attribute: str, size: object) -> Iterator[Change]:
        """Yield the program with another size where the layer is made; the likeliest of several places first."""
        for span, which in self._sizes(attribute):
            yield f"{attribute}={size}{which}", self.fault.text.replaced((span, str(size)))

    def with_input_and_size(self, method: str, attribute: str, size: object) -> Iterator[Change]:
        """Yield the program with both: a method called on what the layer gets, and another size of the layer."""
        if self.argument is None:
            return
        text = parenthesised(self.fault.text.text(self.argument), self.argument)
        for span, which in self._sizes(attribute):
            changed = self.fault.text.replaced(
                (self.fault.text.span(self.argument), f"{text}{method}"), (span, str(size))
            )
            yield f"{text}{method}, {attribute}={size}{which}", changed

    def _sizes(self, attribute: str) -> Iterator[tuple[Span, str]]:
        """Yield where a size of the layer stands in the calls that may have made it, and which of them that is."""
        place = next((facts.index(attribute) for kind, facts in _FACTS if isinstance(self.module, kind)), None)
        calls = self.constructors() if place is not None else []
        for call, which in zip(calls, told_apart(self.fault.text, calls), strict=True):
            node = next((key.value for key in call.keywords if key.arg == attribute), None)
            if node is None and place is not None and place < len(call.args):
                node = call.args[place]
            if node is not None:
                yield self.fault.text.span(node), which

    def constructors(self) -> list[ast.Call]:
        """Return the calls in the text that may have made the layer, the likeliest first; only those at its place."""
        name = type(self.module).__name__
        calls = [
            node
            for node in ast.walk(self.fault.text.tree)
            if isinstance(node, ast.Call) and last_name(node.func) == name and self._fits(node)
        ]
        if self._is_called:
            calls = [call for call in calls if place_of(self.fault.text, call) == self.place] or calls
        wanted = self._own_name()
        return sorted(calls, key=lambda call: (_assigned_to(self.fault, call) != wanted, call.lineno))

    @property
    def _is_called(self) -> bool:
        """Whether the failing call is one of this layer, or of what it stands in: so its path is known."""
        call = self.fault.call
        return bool(self.place) and call is not None and (bool(self.path) or self.fault.value(call.func) is self.module)

    def _own_name(self) -> str:
        called = self.fault.call
        return self.path.rpartition(".")[2] if self.path else last_name(called.func) if called is not None else ""

    def _fits(self, call: ast.Call) -> bool:
        """Whether the numbers in a constructor's text are those of the layer."""
        facts = next((facts for kind, facts in _FACTS if isinstance(self.module, kind)), ())
        for fact, node in zip(facts, call.args, strict=False):
            if isinstance(node, ast.Constant) and not _same(node.value, getattr(self.module, fact)):
                return False
        return True


def layer_of(fault: Fault) -> Layer | None:
    """Return the library's module that raised, or None when the error happened outside of one."""
    running = [frame for frame in fault.frames[1:] if isinstance(frame.get("self"), nn.Module)]
    if not running:
        return None
    inner, root = running[-1], running[0]["self"]
    module = inner["self"]
    if not isinstance(module, nn.Module) or not isinstance(root, nn.Module):
        return None
    path = next((name for name, one in root.named_modules() if one is module), "")
    frames = [frame for frame in running if frame["self"] is module]
    return Layer(fault, module, path, _first_tensor(frames))


def _first_tensor(frames: list[Mapping[str, object]]) -> torch.Tensor | None:
    for name in ("input", "x", "input1", "query"):
        for frame in frames:
            value = frame.get(name)
            if isinstance(value, torch.Tensor):
                return value
    return None


def described(module: nn.Module) -> str:
    """Return a module as its constructor would be written: `Conv2d(3, 16, 3)`."""
    if isinstance(module, nn.RNNBase | nn.RNNCellBase) and next(module.parameters(), None) is not None:
        return f"{type(module).__name__}({module.extra_repr()})"
    facts = next((facts for kind, facts in _FACTS if isinstance(module, kind)), ())
    # one that failed while it was made has not all of them yet
    sizes = ", ".join(_number(getattr(module, fact)) for fact in facts if hasattr(module, fact))
    return f"{type(module).__name__}({sizes})" if sizes else type(module).__name__


def _number(value: object) -> str:
    if isinstance(value, tuple) and value and len(set(value)) == 1:
        return str(value[0])
    return str(value)


def _same(written: object, value: object) -> bool:
    return written == value or (isinstance(value, tuple) and set(value) == {written})


def _assigned_to(fault: Fault, call: ast.Call) -> str:
    statement = fault.text.around(call, ast.stmt)
    if isinstance(statement, ast.Assign) and statement.value is call:
        return last_name(statement.targets[0])
    return ""
