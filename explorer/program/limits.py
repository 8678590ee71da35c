"""Limits on what a program may allocate, checked on shapes before anything is allocated."""

from __future__ import annotations

import contextlib
import gc
import math
import os
from collections.abc import Callable, Hashable
from typing import Any

import torch
from torch.utils._device import _device_constructors

from explorer.program.amounts import amount_text
from explorer.program.conversions import check_lists
from explorer.program.estimates import TIGHT, most_elements
from explorer.program.recurrent_sizes import being_made, refusal, too_large
from explorer.program.signatures import signature_of
from explorer.program.transfers import transferred_bytes
from explorer.trace.calls import replace_tensors, tensors_in

DEFAULT_MAX_BYTES = 2 * 1024**3
MAX_PIECES = 100_000
MAX_LISTED = 500_000
SMALL = 131_072
"""Elements that a call may make by a rough estimate without a closer look: a dry run costs more than they do."""
MEDIUM = 8_388_608
"""The same by an estimate that is near the truth."""

MOST_KNOWN = 4_096
"""Calls whose need is remembered."""

_INTO_PIECES = frozenset({"unbind", "__iter__", "split", "chunk", "tensor_split", "hsplit", "vsplit", "dsplit"})


class LimitError(BaseException):
    """A program asked for more than it may have.

    Not an `Exception`: a program that catches whatever it can must not catch this.

    Args:
        message: What it asked for, and the limit.
        hint: What to try.
    """

    def __init__(self, message: str, hint: str = "Ask for less: smaller sizes, or a smaller dtype.") -> None:
        super().__init__(message)
        self.hint = hint


class InterruptedByHandError(LimitError):
    """Somebody asked the program to stop: what it did until then is kept."""


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


def _recurrent(given: list[torch.Tensor], arguments: tuple[Any, ...], keywords: dict[str, Any]) -> int:
    """Elements of a recurrent layer's outputs, of two directions at most, and of its last states."""
    del keywords
    # a packed sequence has its batch sizes before the first states
    states = list(tensors_in(arguments[2 if isinstance(arguments[3], list | tuple) else 1]))
    return math.prod(given[0].shape[:-1]) * 2 * states[0].shape[-1] + sum(state.numel() for state in states)


# Calls whose result's size depends on values, so that `meta` cannot foretell it; and those that it takes long to: it
# would go through a sequence step by step.
_BY_VALUE: dict[str, Callable[[list[torch.Tensor], tuple[Any, ...], dict[str, Any]], int]] = {
    "bincount": _counted,
    "one_hot": _one_hot,
    "repeat_interleave": _interleaved,
    "combinations": _combined,
    **dict.fromkeys(("lstm", "gru", "rnn_tanh", "rnn_relu"), _recurrent),
}


# Constructors that torch does not announce, and growing in place: `meta` does not know them.
_ASKED = frozenset({"resize_", "new"}) | frozenset(
    f"{kind}Tensor"
    for kind in ("", "Float", "Double", "Half", "BFloat16", "Byte", "Char", "Short", "Int", "Long", "Bool")
)


def _asked(arguments: tuple[Any, ...]) -> float:
    """Elements of `torch.Tensor(2, 3)` or `torch.Tensor([[1, 2], [3, 4]])`."""
    sizes = [value for value in arguments if not isinstance(value, torch.Tensor)]
    if len(sizes) == 1 and isinstance(sizes[0], torch.Size):
        return float(math.prod(sizes[0]))
    if all(isinstance(size, int) for size in sizes):
        return float(math.prod(map(abs, sizes)))
    return float(max(map(nested_size, sizes)))


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

    A call that makes few elements, judged by the sizes of its tensors and by its numbers
    (`explorer.program.estimates`), is let through. Others are made on `meta` first, where tensors have shapes but no
    memory. Calls whose size depends on values are judged by those (`_BY_VALUE`); the rest of that sort (`nonzero`,
    `masked_select`) make at most as many elements as their input has, times its rank.

    What was allocated is summed up. When the sum reaches the limit, the tensors that are still alive are counted, so
    that a long loop may go on for as long as it lets go of what it makes.
    """

    def __init__(self, max_bytes: int, device: str) -> None:
        self._max_bytes = max_bytes
        self._spent = 0
        self._on_meta = device == "meta"
        self._known: dict[Hashable, int] = {}

    def __call__(
        self, op: str, function: Callable[..., Any], arguments: tuple[Any, ...], keywords: dict[str, Any]
    ) -> None:
        """Check one call.

        Raises:
            LimitError: It needs more than is left.
            TypeError: A list in it holds objects that could change it meanwhile.
        """
        check_lists(arguments, keywords)
        if op == "empty":
            self._check_recurrent()
        if op in _INTO_PIECES or op == "tolist":
            _check_pieces(op, list(tensors_in([arguments, keywords])), arguments, keywords)
        if op == "backward" or self._on_meta or _inside_transform():
            return
        needed = self._needed(op, function, arguments, keywords)
        if self._spent + needed > self._max_bytes:
            self._spent = min(self._spent, _live_bytes())
        left = self._max_bytes - self._spent
        if needed > left:
            raise LimitError(
                f"{op} would allocate {amount_text(needed)}; a program may hold {amount_text(self._max_bytes)} in all"
                f" and has {amount_text(left)} left."
            )
        self._spent += needed

    def _check_recurrent(self) -> None:
        """Refuse a recurrent layer when it makes its first parameter: the others may take all the time there is."""
        sizes = being_made()
        refused = sizes and (refusal(sizes) or too_large(sizes, None if self._on_meta else self._max_bytes))
        if refused:
            raise LimitError(*refused)

    def _needed(
        self, op: str, function: Callable[..., Any], arguments: tuple[Any, ...], keywords: dict[str, Any]
    ) -> int:
        """Return at most how many bytes a call allocates, as far as can be known beforehand."""
        moved = transferred_bytes(op, arguments, keywords)
        if moved is not None:
            return moved
        if op in _FROM_LISTS:
            return max(map(nested_size, [*arguments[-1:], *keywords.values()]), default=0) * LARGEST_ITEM
        if op in _ASKED:
            return int(_asked(arguments)) * LARGEST_ITEM
        if op not in _BY_VALUE:
            most = most_elements(op, arguments, keywords)
            # near the limit, the exact number is worth its time
            if most <= (MEDIUM if op in TIGHT else SMALL) and most * LARGEST_ITEM * 64 <= self._max_bytes:
                return int(most) * LARGEST_ITEM
        given = list(tensors_in([arguments, keywords]))
        if op in _BY_VALUE and given and not given[0].is_meta:
            try:
                return _BY_VALUE[op](given, arguments, keywords) * LARGEST_ITEM
            except Exception:  # the real call says better what is wrong with it
                return 0
        return self._on_meta_first(function, arguments, keywords, given)

    def _on_meta_first(
        self,
        function: Callable[..., Any],
        arguments: tuple[Any, ...],
        keywords: dict[str, Any],
        given: list[torch.Tensor],
    ) -> int:
        """Return the bytes that a call needs, asking `meta` once for calls that differ in elements only."""
        key = signature_of(function, arguments, keywords)
        if key is None:
            return _bytes_needed(function, arguments, keywords, given)
        if key not in self._known:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[key] = _bytes_needed(function, arguments, keywords, given)
        return self._known[key]


def _inside_transform() -> bool:
    """Tell whether `vmap`, `grad` or the like is at work: their tensors have no storage to look at."""
    return torch._C._functorch.peek_interpreter_stack() is not None


def _live_bytes() -> int:
    """Return the bytes of all storages that Python objects hold on to."""
    storages: dict[int, int] = {}
    for value in gc.get_objects():
        if issubclass(type(value), torch.Tensor) and not value.is_meta:
            with contextlib.suppress(Exception):  # some sorts of tensors have no storage
                storage = value.untyped_storage()
                storages[storage._cdata] = storage.nbytes()
    return sum(storages.values())


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
        old = {tensor.untyped_storage()._cdata for tensor in twins.values()}
        new = {t.untyped_storage()._cdata: t.untyped_storage().nbytes() for t in tensors_in(result)}
    except Exception:  # whatever is wrong with the call, the real one says it better
        return 0
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
