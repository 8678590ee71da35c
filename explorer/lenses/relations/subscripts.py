"""Index expressions: `x[1:, ::2]`, `x[rows, columns]`, `x[mask]`, `x[:, index]`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import EllipsisType
from typing import Any

import numpy as np
import torch

from explorer.lenses.relations.cells import Indices, Shape, broadcast
from explorer.lenses.relations.letters import aligned, at, letters_for
from explorer.lenses.relations.question import MAX_ELEMENTS, Factor, Question, Terms, each
from explorer.scene.relations import Role


@dataclass(frozen=True, eq=False)
class Item:
    """One item of an index expression.

    Attributes:
        value: An int, a slice, None, or a tensor of the values as they were (lists become tensors).
        dim: The first dimension of the indexed tensor that it applies to.
        takes: How many dimensions it applies to.
        argument: Number of the tensor argument; None for other items.
    """

    value: Any
    dim: int
    takes: int
    argument: int | None = None


@dataclass(frozen=True, eq=False)
class Selection:
    """What an index expression picks of a tensor.

    Attributes:
        elements: Flat elements of the tensor, in the shape of what is picked.
        cells: For each tensor item, its argument's number, its role, and the flat element of it that picked.
    """

    elements: Indices
    cells: tuple[tuple[Item, Indices], ...]


def items_of(question: Question, index: object, shape: Shape) -> tuple[Item, ...] | None:
    """Return the items of an index expression, `...` written out; None where a tensor's values are gone."""
    values: list[Any] = list(index) if isinstance(index, tuple) else [index]
    held: list[tuple[Any, int | None]] = []
    for value in values:
        number = question.number(value)
        now = _plain(value if number is None else question.value(number))
        if now is None and value is not None:
            return None
        held.append((now, number))
    rest = len(shape) - sum(_takes(value) for value, _ in held)
    if not any(isinstance(value, EllipsisType) for value, _ in held):
        held.append((..., None))
    items: list[Item] = []
    dim = 0
    for value, number in held:
        if isinstance(value, EllipsisType):
            items += [Item(slice(None), dim + more, 1) for more in range(rest)]
            dim += rest
            continue
        items.append(Item(value, dim, _takes(value), number))
        dim += _takes(value)
    return tuple(items)


def _plain(value: object) -> object:
    """Return lists and arrays as the tensors that torch makes of them, masks as bools; other items as they are."""
    if not isinstance(value, list | np.ndarray | torch.Tensor):
        return value
    tensor = torch.as_tensor(value)
    if tensor.dtype == torch.uint8:
        return tensor.bool()
    return tensor.long() if tensor.dtype.is_floating_point and not tensor.numel() else tensor


def _takes(value: object) -> int:
    if isinstance(value, torch.Tensor) and value.dtype == torch.bool:
        return value.dim()
    return 0 if value is None or isinstance(value, EllipsisType | bool) else 1


def select(items: tuple[Item, ...], shape: Shape) -> Selection:
    """Let torch pick elements, and the cells of the index tensors, by picking from tensors of numbers.

    The cells of an index tensor are found by putting its elements' own numbers in its place, and in the place of the
    dimension that it applies to these numbers.
    """
    numbers = _counting(math.prod(shape)).reshape(shape)
    index = tuple(item.value for item in items)
    picked = numbers[index]
    cells = []
    for place, item in enumerate(items):
        if item.argument is None:
            continue
        labels = _counting(item.value.numel())
        value = item.value
        if item.takes == 1 and value.dtype != torch.bool:
            value = labels.reshape(value.shape)
            own: Shape = (labels.numel(),)
        else:
            own = tuple(value.shape)
        before, after = shape[: item.dim], shape[item.dim + item.takes :]
        source = labels.reshape((1,) * len(before) + own + (1,) * len(after)).expand(before + own + after)
        chosen = source[(*index[:place], value, *index[place + 1 :])]
        cells.append((item, np.asarray(chosen.reshape(-1).numpy())))
    return Selection(np.asarray(picked.numpy()), tuple(cells))


def _counting(count: int) -> torch.Tensor:
    # torch.arange would wake its threads, which costs more than the numbers do
    return torch.from_numpy(np.arange(count, dtype=np.int64))


def role_of(item: Item) -> Role:
    """Return `mask` for a mask, else `index`."""
    return "mask" if item.value.dtype == torch.bool else "index"


def factors_of(selection: Selection, chosen: Indices, axes: dict[int, tuple[str, ...]]) -> tuple[Factor, ...]:
    """Return the cells of the index tensors as factors of terms.

    Args:
        selection: What is picked.
        chosen: Which of the picked elements each term is about; -1 for terms that are about none.
        axes: Index letters of the tensor items, by argument.
    """
    factors = []
    for item, cells in selection.cells:
        argument = item.argument
        assert argument is not None  # noqa: S101 - only tensor items have cells; this is for the type checker
        taken = np.where(chosen >= 0, cells[np.maximum(chosen, 0)] if cells.size else -1, -1)
        factors.append(Factor(argument, taken, role_of(item), axes.get(argument, ())))
    return tuple(factors)


def subscripts(question: Question) -> Terms | None:
    """Return what `x[…]` picks, by numbers, slices, tensors or lists."""
    source, shape = question.operands[0], question.shape_of(question.operands[0])
    if question.number(question.given(0)) != source or question.step.inputs[source].numel > MAX_ELEMENTS:
        return None
    items = items_of(question, question.given(1), shape)
    if items is None:
        return None
    selection = select(items, shape)
    if selection.elements.shape != question.shape:
        return None
    elements = question.fitting(1)
    letters = letters_for(len(question.shape), question.taken)
    text, axes = written(question, items, letters)
    picked = selection.elements.reshape(-1)[elements]
    value = Factor(source, picked, "value", text)
    formula = f"{at(question.result, letters)} = {at(question.name(source), text)}" if text else ""
    return Terms(
        each(elements.size),
        (value, *factors_of(selection, elements, axes)),
        formula=formula or _of_mask(question, items, letters),
        letters=letters,
    )


def _of_mask(question: Question, items: tuple[Item, ...], letters: tuple[str, ...]) -> str:
    """Write `out[n] = x[mask][n]`: which element that is, the mask says."""
    masked = masked_text(question, items)
    return f"{at(question.result, letters)} = {at(masked, letters)}" if masked else ""


def masked_text(question: Question, items: tuple[Item, ...]) -> str:
    """Write an index expression with one mask and whole dimensions: `x[mask]`; "" for others."""
    masks = [item for item in items if isinstance(item.value, torch.Tensor) and role_of(item) == "mask"]
    if len(masks) != 1 or any(not _whole(item) for item in items if item is not masks[0]) or masks[0].argument is None:
        return ""
    mask = question.name(masks[0].argument, "mask")
    inner = mask[1:-1] if mask.startswith("(") and mask.endswith(")") and mask.count("(") == 1 else mask
    parts = [":" if item is not masks[0] else inner for item in items]
    while len(parts) > 1 and parts[-1] == ":":
        parts.pop()
    return at(question.name(question.operands[0]), parts)


def _whole(item: Item) -> bool:
    return isinstance(item.value, slice) and item.value == slice(None)


def written(
    question: Question, items: tuple[Item, ...], letters: tuple[str, ...]
) -> tuple[tuple[str, ...], dict[int, tuple[str, ...]]]:
    """Return what stands in the brackets for one element, item by item, and the letters of each index tensor.

    Torch puts the dimensions of the index tensors, broadcast together, in the place of the first of them when they
    stand side by side, else in front. Both are empty where masks leave no formula.
    """
    tensors = [item for item in items if isinstance(item.value, torch.Tensor)]
    if any(isinstance(item.value, bool) for item in items) or any(role_of(item) == "mask" for item in tensors):
        return (), {}
    block = broadcast(*[tuple(item.value.shape) for item in tensors])
    start = _block_start(items)
    own = letters[start : start + len(block)]
    rest = iter(letters[:start] + letters[start + len(block) :])
    parts, axes = [], {}
    for item in items:
        if isinstance(item.value, torch.Tensor):
            mine = aligned(tuple(item.value.shape), own, block)
            if item.argument is None:
                name = str(item.value.tolist()).replace(" ", "")
            else:
                axes[item.argument] = mine
                name = question.name(item.argument, "index")
            parts.append(at(name, mine))
        elif item.value is None:
            next(rest)
        elif isinstance(item.value, slice):
            # what is indexed is the first tensor, in reading and in writing
            parts.append(_sliced(item.value, next(rest), question.shape_of(0)[item.dim]))
        else:
            parts.append(str(int(item.value)))
    return tuple(parts), axes


def _block_start(items: tuple[Item, ...]) -> int:
    """Return which dimension of the result is the first of the index tensors'."""
    kept = [item for item in items if not _is_number(item.value)]
    places = [place for place, item in enumerate(kept) if isinstance(item.value, torch.Tensor)]
    if not places:
        return 0
    together = places == list(range(places[0], places[0] + len(places)))
    return places[0] if together else 0


def _is_number(value: object) -> bool:
    """Tell whether torch takes an item for a plain index: an int, or an integer tensor without dimensions."""
    if isinstance(value, torch.Tensor):
        return value.dim() == 0 and value.dtype != torch.bool
    return isinstance(value, int) and not isinstance(value, bool)


def _sliced(item: slice, letter: str, size: int) -> str:
    """Write an index into a slice as an index into the whole: `1 + 2·i`."""
    start, _, step = item.indices(size)
    scaled = letter if step == 1 else f"{step}·{letter}"
    return scaled if not start else f"{start} + {scaled}"
