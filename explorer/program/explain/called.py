"""A layer or a function that raised, seen alike: what it was told, what it got, and how to change both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import nn

from explorer.program.explain.constructors import made_with, with_arguments, written_anew
from explorer.program.explain.layer import layer_of
from explorer.program.explain.text import sentence, shape_text

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault


@dataclass(frozen=True, eq=False)
class Called:
    """A layer or a function that raised.

    Attributes:
        fault: The exception.
        title: `up (Upsample)`, `F.interpolate`.
        name: The layer's class or the function's name.
        settings: What it was told, by the parameters' names; None for what was left out.
        shape: Sizes of its input; () when that is not known.
        input_name: Its input, by its name in the program.
        change: Yields the program with other settings, given as text.
        with_input: Yields the program with each of some methods called on the input.
    """

    fault: Fault
    title: str
    name: str
    settings: Mapping[str, object]
    shape: tuple[int, ...]
    input_name: str
    change: Callable[[Mapping[str, str]], Iterator[Change]]
    with_input: Callable[..., Iterator[Change]]

    def has_shape(self) -> str:
        """Return `x has shape (4, 6)`, as the start of a sentence."""
        return f"{sentence(self.input_name)} has shape {shape_text(self.shape)}"

    def with_setting(self, name: str, *texts: str) -> Iterator[Change]:
        """Yield the program with each of some other settings."""
        for text in texts:
            yield from self.change({name: text})


def called_layer(fault: Fault, kinds: tuple[type[nn.Module], ...], names: tuple[str, ...]) -> Called | None:
    """Return a layer of these kinds, while it is made or when it is called; else None."""
    layer = layer_of(fault)
    if layer is None or not isinstance(layer.module, kinds):
        return None
    made = made_with(layer)
    return Called(
        fault,
        type(layer.module).__name__ if made else layer.title,
        type(layer.module).__name__,
        {name: made.get(name, getattr(layer.module, name, None)) for name in names},
        layer.shape,
        layer.input_name,
        lambda wanted: with_arguments(layer, wanted),
        layer.with_input,
    )


def called_function(fault: Fault, takes: Mapping[str, tuple[str, ...]]) -> Called | None:
    """Return a call of one of these functions, with what each takes after its input in order; else None."""
    failed, call = fault.failed, fault.call
    name = failed.op if failed is not None else ""
    if failed is None or call is None or name not in takes or layer_of(fault) is not None:
        return None
    given = dict(zip(("input", *takes[name]), failed.arguments, strict=False)) | dict(failed.keywords)
    data = given.get("input")
    if not isinstance(data, torch.Tensor):
        return None
    return Called(
        fault,
        fault.text.text(call.func),
        name,
        {name: given.get(name) for name in takes[name]},
        tuple(data.shape),
        fault.name(fault.argument(0, "input"), "the input"),
        lambda wanted: with_call_arguments(fault, takes[name], wanted),
        lambda *methods: fault.with_methods(fault.argument(0, "input"), *methods),
    )


def with_call_arguments(fault: Fault, takes: tuple[str, ...], wanted: Mapping[str, str]) -> Iterator[Change]:
    """Yield the program with other arguments of the failing call, whose first argument is its input."""
    if fault.call is not None:
        written = {name: fault.argument(takes.index(name) + 1, name) for name in wanted}
        yield written_anew(fault.text, fault.call, wanted, written)
