"""What a call that normalises averages over: its parameters, and the blocks of indices that share statistics."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - as everyone calls it

from explorer.scene.norms import NormKind

_RUNNING = ("running_mean", "running_var")
_LEARNED = ("weight", "bias")


@dataclass(frozen=True)
class Signature:
    """A function of torch that normalises: of which kind, and its parameters' names in their order."""

    kind: NormKind
    names: tuple[str, ...]


def _signatures() -> dict[Callable[..., Any], Signature]:
    """Return the signatures: those of `torch` and `torch.nn.functional` differ in the order of their parameters."""
    batch = (*_RUNNING, *_LEARNED), (*_LEARNED, *_RUNNING)
    found: dict[Callable[..., Any], Signature] = {
        F.local_response_norm: Signature("response", ("input", "size", "alpha", "beta", "k")),
        F.normalize: Signature("weight", ("input", "p", "dim", "eps", "out")),
        torch._weight_norm: Signature("weight", ("input", "weight", "dim")),
    }
    running: tuple[tuple[Callable[..., Any], Callable[..., Any], NormKind, str], ...] = (
        (F.batch_norm, torch.batch_norm, "batch", "training"),
        (F.instance_norm, torch.instance_norm, "instance", "use_input_stats"),
    )
    for functional, plain, kind, statistics in running:
        found[functional] = Signature(kind, ("input", *batch[0], statistics, "momentum", "eps"))
        found[plain] = Signature(kind, ("input", *batch[1], statistics, "momentum", "eps"))
    others: tuple[tuple[tuple[Callable[..., Any], ...], NormKind, tuple[str, ...]], ...] = (
        ((F.layer_norm, torch.layer_norm), "layer", ("normalized_shape", *_LEARNED, "eps")),
        ((F.group_norm, torch.group_norm), "group", ("num_groups", *_LEARNED, "eps")),
        ((F.rms_norm, torch.rms_norm), "rms", ("normalized_shape", "weight", "eps")),
    )
    for functions, kind, names in others:
        found.update(dict.fromkeys(functions, Signature(kind, ("input", *names))))
    return found


SIGNATURES = _signatures()
"""The functions of torch that normalise. For `weight`, `input` is v and `weight` the magnitude g."""


@dataclass(frozen=True)
class Settings:
    """The parameters of one call.

    Attributes:
        blocks: As in `Norm`; () for `response`.
        affine: Dimensions of the input along which γ and β vary.
        eps: ε; 0 where there is none.
        running: Whether running statistics are used, not those of the input.
        factor: Weight of the new value in the running statistics in this call; 0 where they are not written.
        size: Of `response`, how many channels count.
        alpha, beta, k: Of `response`, x / (k + alpha · mean of squares) ** beta.
        power: p of `F.normalize`, else 2.
        correction: Of `standard`, what is taken off the count in the variance.
        outside: Of `standard`, an ε that is added to the root, not under it.
    """

    blocks: tuple[int, ...]
    affine: tuple[int, ...] = ()
    eps: float = 0.0
    running: bool = False
    factor: float = 0.0
    size: int = 0
    alpha: float = 1e-4
    beta: float = 0.75
    k: float = 1.0
    power: float = 2.0
    correction: int = 0
    outside: float = 0.0


def settings_of(kind: NormKind, given: dict[str, Any], shape: tuple[int, ...], dtype: torch.dtype) -> Settings:
    """Return the parameters of a call.

    Args:
        kind: What was called.
        given: Its arguments by name.
        shape: Of its input.
        dtype: Of its input: RMSNorm takes ε from it where none is given.
    """
    if kind in ("batch", "instance"):
        return _with_running(kind, given, shape)
    if kind in ("layer", "rms"):
        return _trailing(kind, given, shape, dtype)
    if kind == "group":
        each = shape[1] // max(int(given["num_groups"]), 1)
        return Settings((1, each, *shape[2:]), (1,), eps=float(given.get("eps", 1e-5)))
    if kind == "response":
        alpha, beta, k = (float(given.get(*pair)) for pair in (("alpha", 1e-4), ("beta", 0.75), ("k", 1.0)))
        return Settings((), size=int(given["size"]), alpha=alpha, beta=beta, k=k)
    return _norm_of_vectors(given, shape)


def _with_running(kind: NormKind, given: dict[str, Any], shape: tuple[int, ...]) -> Settings:
    """Return the parameters of batch and instance norm, which may keep running statistics."""
    own = bool(given["training"]) if "training" in given else bool(given.get("use_input_stats", kind == "instance"))
    kept = given.get("running_mean") is not None
    return Settings(
        blocks=(shape[0] if kind == "batch" else 1, 1, *shape[2:]),
        affine=(1,),
        eps=float(given.get("eps", 1e-5)),
        running=not own,
        factor=float(given.get("momentum", 0.1)) if own and kept else 0.0,
    )


def _trailing(kind: NormKind, given: dict[str, Any], shape: tuple[int, ...], dtype: torch.dtype) -> Settings:
    """Return the parameters of layer and RMS norm, which average over the last dimensions."""
    asked = given["normalized_shape"]
    count = len(asked) if isinstance(asked, Sequence) else 1
    whole = tuple(range(len(shape) - count, len(shape)))
    eps = given.get("eps", 1e-5 if kind == "layer" else None)
    blocks = tuple(size if place in whole else 1 for place, size in enumerate(shape))
    # torch takes that of the dtype that it computes in
    default = torch.finfo(torch.float64 if dtype == torch.float64 else torch.float32).eps
    return Settings(blocks, whole, eps=default if eps is None else float(eps))


def _norm_of_vectors(given: dict[str, Any], shape: tuple[int, ...]) -> Settings:
    """Return the parameters of weight_norm, which keeps a dimension, and of `F.normalize`, which goes along one."""
    if "weight" in given:
        kept = int(given.get("dim", 0))
        own = {kept % len(shape)} if kept != -1 and shape else set()
        return Settings(_whole_but(own, shape), tuple(own))
    dims = given.get("dim", 1)
    along = {one % max(len(shape), 1) for one in (dims if isinstance(dims, Sequence) else (dims,))}
    blocks = _whole_but({place for place in range(len(shape)) if place not in along}, shape)
    return Settings(blocks, eps=float(given.get("eps", 1e-12)), power=float(given.get("p", 2.0)))


def _whole_but(own: set[int], shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return blocks of whole dimensions, but for those whose indices have statistics of their own."""
    return tuple(1 if place in own else size for place, size in enumerate(shape))


def group_count(blocks: tuple[int, ...], shape: tuple[int, ...]) -> int:
    """Return how many groups there are; a dimension without cells that is averaged over makes one."""
    return math.prod(size // block if block else 1 for size, block in zip(shape, blocks, strict=True))
