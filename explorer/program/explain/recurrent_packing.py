"""Batches of sequences of different lengths: packing, padding and unpacking with what does not fit."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import torch

from explorer.program.explain.model import Explanation
from explorer.program.explain.recurrent_lengths import first_lengths, with_lengths
from explorer.program.explain.text import article, count_text, list_text, sentence, shape_text

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault

_MOST_SHOWN = 8
# with enforce_sorted=False the lengths choose sequences before anything counts them, and torch names only that index
_MISCOUNTED = r"Expected `len\(lengths\)` to be equal|out of DATA bounds|index out of range"


@dataclass(frozen=True, eq=False)
class _Packing:
    """A call of one of torch.nn.utils.rnn's functions that raised.

    Attributes:
        fault: The exception.
        name: The function.
        given: Its arguments, by the names of its parameters.
    """

    fault: Fault
    name: str
    given: Mapping[str, object]

    @cached_property
    def lengths(self) -> list[int]:
        """The lengths; of pack_sequence those of its tensors."""
        rows = self.given.get("sequences")
        if isinstance(rows, list | tuple):
            return [len(row) for row in rows if isinstance(row, torch.Tensor) and row.dim()]
        value = self.given.get("lengths")
        found = [int(one) for one in (value.flatten() if isinstance(value, torch.Tensor) else _numbers(value))]
        order = self.given.get("sorted_indices")
        if not isinstance(order, torch.Tensor) or order.numel() != len(found):
            return found
        # torch has sorted them already: each goes back to where the program has it
        return [length for _, length in sorted(zip(order.tolist(), found, strict=True))]

    @property
    def padded(self) -> torch.Tensor | None:
        """The padded batch."""
        value = self.given.get("input")
        return value if isinstance(value, torch.Tensor) else None

    @property
    def lengths_node(self) -> ast.expr | None:
        """The lengths as they are written."""
        return self.fault.argument(1, "lengths")

    def shown(self) -> str:
        """Return the lengths in words, not too many of them."""
        return list_text(self.lengths[:_MOST_SHOWN]) + (" …" if len(self.lengths) > _MOST_SHOWN else "")

    def with_argument(self, argument: str) -> Iterator[Change]:
        """Yield the program with one more argument of the call; a switch that stands there is turned."""
        call, name = self.fault.call, argument.partition("=")[0]
        if call is None:
            return
        own = next((key for key in call.keywords if key.arg == name), None)
        if own is not None:
            yield argument, self.fault.text.replaced((self.fault.text.span(own), argument))
        else:
            yield argument, self.fault.text.with_argument(call, argument)


def _numbers(value: object) -> list[float]:
    return [one for one in value if isinstance(one, int | float)] if isinstance(value, list | tuple) else []


def explain_packing(fault: Fault) -> Explanation | None:
    """Explain an error of pack_padded_sequence, pack_sequence, pad_sequence or pad_packed_sequence."""
    packing = _packing(fault)
    return next((words for explain in _EXPLAINERS if packing and (words := explain(packing)) is not None), None)


def _packing(fault: Fault) -> _Packing | None:
    called = fault.call.func if fault.call is not None else None
    name = getattr(called, "attr", getattr(called, "id", ""))
    if name not in {"pack_padded_sequence", "pack_sequence", "pad_sequence", "pad_packed_sequence"}:
        return None
    # the first frame of the library is that of the function itself; what it got is still there under these names
    frame = fault.frames[1] if len(fault.frames) > 1 else {}
    names = ("input", "lengths", "sequences", "sequence", "batch_first", "enforce_sorted", "sorted_indices")
    return _Packing(fault, name, {one: frame[one] for one in names if one in frame})


def _no_steps(packing: _Packing) -> Explanation | None:
    if not packing.fault.matches("Length of all samples has to be greater than 0") or not packing.lengths:
        return None
    places = [str(place) for place, length in enumerate(packing.lengths) if length < 1]
    which = f"number {list_text(places)}" if places else "one of them"
    return Explanation(
        f"A packed batch holds the steps that each sequence has, and each must have at least one. The lengths are "
        f"{packing.shown()}; {which} (counted from 0) has none.",
        "Leave empty sequences out of the batch; `lengths.clamp(min=1)` reads one step of padding for them.",
        packing.fault.fixes(
            lambda: with_lengths(packing.fault, packing.lengths_node, lambda length: max(length, 1), ".clamp(min=1)")
        ),
    )


def _unsorted(packing: _Packing) -> Explanation | None:
    if not packing.fault.matches("must be sorted in decreasing order"):
        return None
    return Explanation(
        f"The lengths are {packing.shown()}: they do not fall. {packing.name} expects the longest sequence first, "
        "unless it may sort them itself.",
        "enforce_sorted=False sorts them, and pad_packed_sequence, h_n and c_n come back in your own order.",
        packing.fault.fixes(lambda: packing.with_argument("enforce_sorted=False")),
    )


def _counted(packing: _Packing) -> Explanation | None:
    padded = packing.padded
    if packing.name != "pack_padded_sequence" or padded is None or padded.dim() < 2:
        return None
    first = packing.given.get("batch_first") is True
    batch, count = padded.shape[0 if first else 1], len(packing.lengths)
    if batch == count or not packing.fault.matches(_MISCOUNTED):
        return None

    turned = count == padded.shape[1 if first else 0]

    def changes() -> Iterator[Change]:
        if turned:
            yield from packing.with_argument(f"batch_first={not first}")
        if count > batch:
            yield from first_lengths(packing.fault, packing.lengths_node, batch)

    return Explanation(
        f"{packing.name} wants one length for each sequence. The batch has shape {shape_text(padded.shape)}, with "
        f"batch_first={first}: dimension {0 if first else 1} counts {count_text(batch, 'sequence')}. There are "
        f"{count_text(count, 'length')}.",
        "batch_first=True is for batches of shape (N, L, …), False for (L, N, …)."
        if turned
        else f"Give {count_text(batch, 'length')}, in the order of the batch.",
        packing.fault.fixes(changes),
        ((0, 0 if first else 1),),
    )


def _no_row(packing: _Packing) -> Explanation | None:
    found = packing.fault.matches(r"'lengths' argument should be a 1D CPU int64 tensor, but got (\d)D (\w+)")
    if found is None:
        return None
    flat = found[1] == "1"
    device = f" on {found[2]}" if found[2] != "cpu" else ""
    method = ".cpu()" if flat else ".flatten()"
    return Explanation(
        f"The lengths are a tensor of {count_text(int(found[1]), 'dimension')}{device}. {packing.name} wants one "
        "dimension, one number for each sequence, on the CPU: they say how it packs.",
        f"`{method}` gives such a tensor; a list of numbers does as well.",
        packing.fault.fixes(lambda: packing.fault.with_methods(packing.lengths_node, method)),
    )


def _not_padded(packing: _Packing) -> Explanation | None:
    padded = packing.padded
    if packing.name != "pack_padded_sequence" or padded is None or padded.dim() > 1:
        return None
    name = packing.fault.name(packing.fault.argument(0, "input"), "the batch")
    return Explanation(
        f"{packing.name} takes a padded batch, (L, N, …), or (N, L, …) with batch_first=True. {sentence(name)} has "
        f"shape {shape_text(padded.shape)}: {count_text(padded.dim(), 'dimension')}.",
        "`.unsqueeze(1)` makes a batch of one sequence.",
        packing.fault.fixes(lambda: packing.fault.with_methods(packing.fault.argument(0, "input"), ".unsqueeze(1)")),
    )


def _not_packed(packing: _Packing) -> Explanation | None:
    if packing.name != "pad_packed_sequence" or not packing.fault.matches("has no attribute 'batch_sizes'"):
        return None
    value = packing.given.get("sequence")
    kind = article("tensor" if isinstance(value, torch.Tensor) else type(value).__name__)
    name = packing.fault.name(packing.fault.argument(0, "sequence"), "this")
    hint = "A layer that was given a packed batch returns (packed output, state): take its first item."
    return Explanation(
        f"pad_packed_sequence undoes pack_padded_sequence, so it takes a packed batch. {sentence(name)} is {kind}.",
        hint if isinstance(value, tuple) else "A tensor is padded already, and needs no undoing.",
        packing.fault.fixes(
            lambda: (
                packing.fault.with_methods(packing.fault.argument(0, "sequence"), "[0]")
                if isinstance(value, tuple)
                else iter(())
            )
        ),
    )


def _too_short(packing: _Packing) -> Explanation | None:
    fault = packing.fault
    found = fault.matches(r"total_length=(-?\d+) and max sequence length being (\d+)")
    if found is None:
        return None
    wanted, longest = found[1], found[2]

    def changes() -> Iterator[Change]:
        written = fault.argument(3, "total_length")
        if written is not None:
            yield f"total_length={longest}", fault.text.replaced((fault.text.span(written), longest))

    return Explanation(
        f"{packing.name} was told total_length={wanted}, but the longest sequence of the packed batch has "
        f"{count_text(int(longest), 'time step')}. It pads, and cuts nothing off.",
        f"total_length may be {longest} or more; without it, the longest sequence says how many steps there are.",
        fault.fixes(changes),
    )


def _rows(packing: _Packing) -> Explanation | None:
    rows = packing.given.get("sequences")
    if not isinstance(rows, list | tuple):
        return None
    if not rows:
        return Explanation(
            f"{packing.name} got an empty list: there is no sequence to put into a batch.",
            "It takes a list of tensors of shape (L, …), one for each sequence.",
        )
    shapes = [tuple(row.shape) for row in rows if isinstance(row, torch.Tensor)]
    if len({shape[1:] for shape in shapes}) < 2:
        return None
    return Explanation(
        f"{packing.name} puts sequences of different lengths into one batch: their first sizes may differ, all others "
        f"must be equal. The shapes are {list_text([shape_text(shape) for shape in shapes[:_MOST_SHOWN]])}.",
        "Give each sequence the same number of features.",
    )


_EXPLAINERS: tuple[Callable[[_Packing], Explanation | None], ...] = (
    _no_steps, _unsorted, _counted, _no_row, _not_padded, _not_packed, _too_short, _rows,
)  # fmt: skip
