"""Embeddings and attention: rows that a table does not have, sizes that do not fit."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from explorer.program.explain.layer import Layer
from explorer.program.explain.model import Explanation
from explorer.program.explain.text import count_text, sentence


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


SEQUENCES: tuple[Callable[[Layer], Explanation | None], ...] = (_rows, _embedding_size)
