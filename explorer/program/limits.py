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


class LimitError(BaseException):
    """A program asked for more than it may have.

    Not an `Exception`: a program that catches whatever it can must not catch this.
    """


_FROM_LISTS = frozenset({"tensor", "as_tensor", "asarray", "new_tensor"})
LARGEST_ITEM = 8


def _counted(given: list[torch.Tensor], arguments: tuple[Any, ...], keywords: dict[str, Any]) -> int:
    """Elements of `bincount` and, for each input element, of `one_hot`: one for every value up to the largest."""
    del arguments, keywords
    return int(given[0].max()) + 1 if given[0].numel() else 0


def _one_hot(given: list[torch.Tensor], arguments: tuple[Any, ...], keywords: dict[str, Any]) -> int:
    classes = keywords.get("num_classes", arguments[1] if len(arguments) > 1 else -1)
    width = classes if isinstance(classes, int) and classes > 0 else _counted(given, arguments, keywords)
    return given[0].numel() * width


def _interleaved(given: list[torch.Tensor], arguments: tuple[Any, ...], keywords: dict[str, Any]) -> int:
    repeats = keywords.get("repeats", arguments[1] if len(arguments) > 1 else given[0])
    most = int(repeats.abs().max()) if isinstance(repeats, torch.Tensor) and repeats.numel() else repeats
    return given[0].numel() * most if isinstance(most, int) else 0


def _combined(given: list[torch.Tensor], arguments: tuple[Any, ...], keywords: dict[str, Any]) -> int:
    count = keywords.get("r", arguments[1] if len(arguments) > 1 else 2)
    return int(given[0].numel() ** count) * count if isinstance(count, int) and 0 < count < 64 else 0


# Calls whose result's size depends on values, so that `meta` cannot foretell it.
_BY_VALUE: dict[str, Callable[[list[torch.Tensor], tuple[Any, ...], dict[str, Any]], int]] = {
    "bincount": _counted,
    "one_hot": _one_hot,
    "repeat_interleave": _interleaved,
    "combinations": _combined,
}


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


def nested_size(value: Any) -> int:  # noqa: ANN401 - lists may hold anything
    """Return how many items nested lists hold, judged by the first item of each, as torch judges their shape."""
    count = 1
    while isinstance(value, list | tuple) and value:
        count *= len(value)
        value = value[0]
    return count


class AllocationCheck:
    """Refuses a torch call that would take the run over its limit, before torch allocates anything.

    It makes the call on `meta` first, where tensors have shapes but no memory. Calls whose size depends on values
    are judged by those (`_BY_VALUE`); the others of that sort (`nonzero`, `masked_select`) make at most as many
    elements as their input has, times its rank.
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
        if op == "backward":
            return
        if op in _FROM_LISTS:
            needed = max(map(nested_size, [*arguments[-1:], *keywords.values()]), default=0) * LARGEST_ITEM
        elif op in _BY_VALUE and given and not given[0].is_meta:
            needed = _BY_VALUE[op](given, arguments, keywords) * LARGEST_ITEM
        else:
            needed = 0 if self._on_meta else _bytes_needed(function, arguments, keywords, given)
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
