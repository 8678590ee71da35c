"""A recurrent layer or a cell that raised: what it was called with, and which states fit its input."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn.utils.rnn import PackedSequence

from explorer.program.explain.constructors import with_arguments
from explorer.program.explain.text import shape_text

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault
    from explorer.program.explain.layer import Layer


@dataclass(frozen=True)
class Axis:
    """A dimension of a state.

    Attributes:
        name: As torch's documentation writes it: `D·num_layers`.
        why: Where its size comes from, in words with the numbers of the case.
        size: The size that it must have.
    """

    name: str
    why: str
    size: int


@dataclass(frozen=True, eq=False)
class State:
    """A state that a layer was given.

    Attributes:
        name: What to call it: its name in the program, else `h_0` or `c_0`.
        value: What was given.
        node: Its text, where it has one of its own.
        axes: What it must be.
    """

    name: str
    value: torch.Tensor
    node: ast.expr | None
    axes: tuple[Axis, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Its sizes."""
        return tuple(self.value.shape)

    @property
    def wanted(self) -> tuple[int, ...]:
        """The sizes that it must have."""
        return tuple(axis.size for axis in self.axes)


@dataclass(frozen=True, eq=False)
class Recurring:
    """A call of nn.RNN, nn.LSTM, nn.GRU or one of their cells that raised.

    Attributes:
        layer: The layer.
        module: Its module.
        given: What its forward was called with: the input, and the state if there was one.
    """

    layer: Layer
    module: nn.RNNBase | nn.RNNCellBase
    given: tuple[object, ...]

    @property
    def fault(self) -> Fault:
        """The exception."""
        return self.layer.fault

    @property
    def title(self) -> str:
        """Return `lstm (LSTM(4, 6))`."""
        return self.layer.title

    @property
    def is_cell(self) -> bool:
        """Whether it computes one time step."""
        return isinstance(self.module, nn.RNNCellBase)

    @property
    def has_cell_state(self) -> bool:
        """Whether its state is a pair."""
        return isinstance(self.module, nn.LSTM | nn.LSTMCell)

    @property
    def batch_first(self) -> bool:
        """Whether dimension 0 of its input is the batch."""
        return isinstance(self.module, nn.RNNBase) and self.module.batch_first

    @property
    def input(self) -> object:
        """What it was called with."""
        return self.given[0] if self.given else None

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes of its input; of a packed one, those of its data."""
        data = self.input.data if isinstance(self.input, PackedSequence) else self.input
        return tuple(data.shape) if isinstance(data, torch.Tensor) else ()

    @property
    def batched(self) -> bool:
        """Whether its input has a dimension for the batch."""
        return isinstance(self.input, PackedSequence) or len(self.shape) == (2 if self.is_cell else 3)

    @property
    def batch(self) -> int:
        """Items of its input."""
        if isinstance(self.input, PackedSequence):
            return int(self.input.batch_sizes[0])
        return self.shape[0 if self.is_cell or self.batch_first else 1] if self.batched else 1

    @property
    def state(self) -> object:
        """The state that it was called with, or None."""
        return self.given[1] if len(self.given) > 1 else None

    @cached_property
    def state_node(self) -> ast.expr | None:
        """The state as it is written."""
        return None if self.layer.path else self.fault.argument(1, "hx")

    @cached_property
    def states(self) -> tuple[State, ...]:
        """The tensors of its state, if it has as many as it must have."""
        held = self.state if self.has_cell_state else (self.state,)
        if not isinstance(held, tuple | list) or len(held) != (2 if self.has_cell_state else 1):
            return ()
        nodes = self._nodes(len(held))
        names = ("h_0", "c_0")
        return tuple(
            State(self.fault.name(node, name), value, node, self.axes(cell=index == 1))
            for index, (value, node, name) in enumerate(zip(held, nodes, names, strict=False))
            if isinstance(value, torch.Tensor)
        )

    def _nodes(self, count: int) -> tuple[ast.expr | None, ...]:
        node = self.state_node
        if not self.has_cell_state:
            return (node,)
        return tuple(node.elts) if isinstance(node, ast.Tuple) and len(node.elts) == count else (None,) * count

    def axes(self, *, cell: bool) -> tuple[Axis, ...]:
        """Return the dimensions of h_0, or of c_0, for this input."""
        found = [self._features(cell=cell)]
        if self.batched:
            found.insert(0, Axis("N", self._batch_words(), self.batch))
        if isinstance(self.module, nn.RNNBase):
            directions = 2 if self.module.bidirectional else 1
            layers = self.module.num_layers
            words = f"{directions} direction{'s' * (directions > 1)} · {layers} layer{'s' * (layers > 1)}"
            found.insert(0, Axis("D·num_layers", f"{words} = {directions * layers}", directions * layers))
        return tuple(found)

    def _batch_words(self) -> str:
        if isinstance(self.input, PackedSequence):
            return f"the packed batch holds {self.batch} sequences"
        first = "" if self.is_cell else f" and batch_first={self.batch_first}"
        dim = 0 if self.is_cell or self.batch_first else 1
        name = self.layer.input_name
        return f"{name} has shape {shape_text(self.shape)}{first}, so dimension {dim} is the batch: {self.batch}"

    def _features(self, *, cell: bool) -> Axis:
        projected = getattr(self.module, "proj_size", 0)
        hidden = self.module.hidden_size
        if projected and not cell:
            return Axis("H_out", f"proj_size = {projected}", projected)
        return Axis("H_cell" if cell else "H_out", f"hidden_size = {hidden}", hidden)

    def without_state(self) -> Iterator[Change]:
        """Yield the program that starts from zeros."""
        call, node = self.fault.call, self.state_node
        if call is None or node is None or not call.args:
            return
        start, end = self.fault.text.span(call.args[0])[1], self.fault.text.span(node)[1]
        yield "without the state", self.fault.text.replaced(((start, end), ""))

    def with_setting(self, name: str, code: str) -> Iterator[Change]:
        """Yield the program with another setting where the layer is made."""
        yield from with_arguments(self.layer, {name: code})

    def with_state(self, code: str) -> Iterator[Change]:
        """Yield the program with another text for the state."""
        if self.state_node is not None:
            yield code, self.fault.text.replaced((self.fault.text.span(self.state_node), code))


def recurring(layer: Layer) -> Recurring | None:
    """Return a recurrent layer whose forward raised; None for other layers, and while one is made."""
    module = layer.module
    if not isinstance(module, nn.RNNBase | nn.RNNCellBase):
        return None
    for frame in layer.fault.frames[1:]:
        called = frame.get("args")
        if frame.get("self") is module and isinstance(called, tuple) and called and "forward_call" in frame:
            named = frame.get("kwargs")
            state = named.get("hx") if isinstance(named, dict) else None
            return Recurring(layer, module, called if len(called) > 1 or state is None else (*called, state))
        if frame.get("self") is module and {"input", "hx"} <= set(frame):
            return Recurring(layer, module, (frame["input"], frame["hx"]))
    return None
