"""Layers of sequences: recurrent ones, embeddings and attention, with features, states and rows that do not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from torch import nn

from explorer.program.explain.layer import Layer
from explorer.program.explain.model import Explanation
from explorer.program.explain.text import count_text, sentence, shape_text

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change


def _input_size(layer: Layer) -> Explanation | None:
    found = layer.fault.matches(r"must be equal to input_size. Expected (\d+), got (\d+)")
    wanted_got = (found[1], found[2]) if found else None
    found = layer.fault.matches(r"inconsistent input_size: got (\d+) expected (\d+)")
    wanted_got = (found[2], found[1]) if found else wanted_got
    if wanted_got is None or not layer.shape:
        return None
    wanted, got = map(int, wanted_got)

    def changes() -> Iterator[Change]:
        yield from layer.with_size("input_size", got)
        if wanted in layer.shape[:-1]:
            yield from layer.with_input(f".movedim({layer.shape.index(wanted)}, -1)")

    return Explanation(
        f"{layer.title} expects {count_text(wanted, 'feature')} for each time step: the last size of its input. "
        f"{layer.has_shape()}, so it gets {got}.",
        f"input_size must be the last size of the input; here {got}.",
        layer.fault.fixes(changes),
        ((0, len(layer.shape) - 1),),
    )


def _hidden(layer: Layer) -> Explanation | None:
    found = layer.fault.matches(r"Expected (hidden(?:\[[01]\])?) size \((.*)\), got \[(.*)\]")
    if found is None:
        return None
    names = {"hidden": "The hidden state", "hidden[0]": "The hidden state h", "hidden[1]": "The cell state c"}
    return Explanation(
        f"{names.get(found[1], 'The state')} for {layer.title} has shape ({found[3]}); for this input "
        f"{shape_text(layer.shape)} it must be ({found[2]}): layers × batch × hidden size.",
        "Leave the state out to start from zeros. With batch_first=True the input is N×L×H, the state still "
        "layers × batch × hidden size.",
        layer.fault.fixes(lambda: _without_state(layer)),
    )


def _without_state(layer: Layer) -> Iterator[Change]:
    call = layer.fault.call
    if call is not None and len(call.args) == 2:
        start, end = layer.fault.text.span(call.args[0])[1], layer.fault.text.span(call.args[1])[1]
        yield "without the state", layer.fault.text.replaced(((start, end), ""))


def _rows(layer: Layer) -> Explanation | None:
    given = layer.given
    if not isinstance(layer.module, nn.Embedding) or not layer.fault.matches("index out of range in self"):
        return None
    if given is None or not given.numel():
        return None
    rows, low, high = layer.module.num_embeddings, int(given.min()), int(given.max())
    return Explanation(
        f"{layer.title} is a table of {count_text(rows, 'row')}, numbered 0 … {rows - 1}. "
        f"{sentence(layer.input_name)} goes from {low} to {high}.",
        "num_embeddings must be larger than the largest index, and no index may be negative.",
        layer.fault.fixes(lambda: layer.with_size("num_embeddings", high + 1)) if low >= 0 else (),
        ((1, 0),),
    )


def _embedding_size(layer: Layer) -> Explanation | None:
    found = layer.fault.matches(r"was expecting embedding dimension of (\d+), but got (\d+)")
    if found is None:
        return None
    return Explanation(
        f"{layer.title} expects an embedding dimension of {found[1]}: the last size of its input. {layer.has_shape()}, "
        f"so it gets {found[2]}.",
        f"embed_dim must be {found[2]} here, and a multiple of num_heads.",
        layer.fault.fixes(lambda: layer.with_size("embed_dim", found[2])),
    )


SEQUENCES: tuple[Callable[[Layer], Explanation | None], ...] = (_input_size, _hidden, _rows, _embedding_size)
