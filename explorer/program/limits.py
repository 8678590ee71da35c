"""Limits on what a program may allocate, checked on shapes before anything is allocated."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import torch
from torch.utils._device import _device_constructors

from explorer.trace.calls import replace_tensors, tensors_in

DEFAULT_MAX_BYTES = 2 * 1024**3
MAX_PIECES = 10_000
MAX_LISTED = 100_000

_INTO_PIECES = frozenset({"unbind", "__iter__", "split", "chunk", "tensor_split", "hsplit", "vsplit", "dsplit"})


class LimitError(Exception):
    """A program asked for more than it may have."""


def max_bytes_from_environment() -> int:
    """Return `EXPLORER_MAX_BYTES`, or 2 GiB.

    Raises:
        ValueError: The variable is not a positive whole number.
    """
    text = os.environ.get("EXPLORER_MAX_BYTES", "")
    if not text:
        return DEFAULT_MAX_BYTES
    if not text.isdigit() or int(text) == 0:
        raise ValueError(f"EXPLORER_MAX_BYTES must be a positive number of bytes, not {text!r}")
    return int(text)


class AllocationCheck:
    """Refuses a torch call that would take the run over its limit, before torch allocates anything.

    It makes the call on `meta` first, where tensors have shapes but no memory. Calls whose result depends on
    values (`nonzero`) cannot be foretold; they never make more elements than their input has, times its rank.
    """

    def __init__(self, max_bytes: int, device: str) -> None:
        self._max_bytes = max_bytes
        self._left = max_bytes
        self._on_meta = device == "meta"

    def __call__(
        self, op: str, function: Callable[..., Any], arguments: tuple[Any, ...], keywords: dict[str, Any]
    ) -> None:
        """Check one call.

        Raises:
            LimitError: It needs more than is left.
        """
        given = list(tensors_in([arguments, keywords]))
        _check_pieces(op, given, arguments, keywords)
        if self._on_meta or op == "backward":
            return
        needed = _bytes_needed(function, arguments, keywords, given)
        if needed > self._left:
            raise LimitError(
                f"{op} would allocate {_amount(needed)}; a program may allocate {_amount(self._max_bytes)} in all"
                f" and has {_amount(self._left)} left."
            )
        self._left -= needed


def _bytes_needed(
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
    keywords: dict[str, Any],
    given: list[torch.Tensor],
) -> int:
    """Return the bytes of the new storages that the call would make; 0 when `meta` cannot tell."""
    twins: dict[int, torch.Tensor] = {}

    def twin(tensor: torch.Tensor) -> torch.Tensor:
        if id(tensor) not in twins:
            bare = tensor.detach()
            twins[id(tensor)] = torch.empty_strided(bare.shape, bare.stride(), dtype=bare.dtype, device="meta")
        return twins[id(tensor)]

    try:
        options = replace_tensors(keywords, twin)
        if function in _device_constructors() or "device" in options:
            options["device"] = "meta"
        elif not given:
            return 0
        with torch.no_grad():
            result = function(*replace_tensors(arguments, twin), **options)
    except Exception:  # whatever is wrong with the call, the real one says it better
        return 0
    old = {tensor.untyped_storage()._cdata for tensor in twins.values()}
    new = {t.untyped_storage()._cdata: t.untyped_storage().nbytes() for t in tensors_in(result)}
    return sum(nbytes for storage, nbytes in new.items() if storage not in old)


def _check_pieces(op: str, given: list[torch.Tensor], arguments: tuple[Any, ...], keywords: dict[str, Any]) -> None:
    if not given:
        return
    tensor = given[0]
    if op == "tolist" and tensor.numel() > MAX_LISTED:
        raise LimitError(f"tolist would make {tensor.numel():,} Python numbers; the limit is {MAX_LISTED:,}.")
    if op not in _INTO_PIECES:
        return
    dim = keywords.get("dim", 0)
    longest = tensor.shape[dim] if isinstance(dim, int) and -tensor.ndim <= dim < tensor.ndim else 0
    size = keywords.get("split_size_or_sections", keywords.get("split_size", arguments[1] if len(arguments) > 1 else 1))
    if op in ("unbind", "__iter__"):
        pieces = longest
    elif op == "split":
        pieces = max(tensor.shape, default=0) // size if isinstance(size, int) and size > 0 else 0
    else:
        pieces = size if isinstance(size, int) else 0
    if pieces > MAX_PIECES:
        raise LimitError(f"{op} would make {pieces:,} tensors; the limit is {MAX_PIECES:,}.")


def _amount(nbytes: int) -> str:
    """Return bytes as people say them."""
    value = float(nbytes)
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if value < 1024 or unit == "TiB":
            break
        value /= 1024
    return f"{value:.0f} {unit}" if unit == "B" else f"{value:,.2f} {unit}"
