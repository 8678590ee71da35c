"""Local derivatives of a call that is made again, from vector–Jacobian products with one-hot vectors."""

from __future__ import annotations

import torch

from explorer.trace.replay import Replay

# Elements that a batch of one-hot vectors and their products may have together.
CHUNK_ELEMENTS = 1 << 22


def derivatives(replay: Replay, elements: torch.Tensor) -> list[torch.Tensor | None]:
    """Return d output[element] / d value for each tensor of a call, as torch.autograd has it.

    Args:
        replay: The call.
        elements: Flat numbers of the output's elements, shape (m,).

    Returns:
        For each tensor of the call, shape (m, its numel) in its dtype; None where it holds no floats or autograd
        does not connect it with the output. For complex outputs: the product with 1, conjugated as torch does.
    """
    floats = [n for n, v in enumerate(replay.values) if v.dtype.is_floating_point or v.dtype.is_complex]
    found = _with_respect_to(floats, replay, elements)
    if found is None:  # some arguments must not require a gradient (running statistics): leave those out
        taken = [n for n in floats if _with_respect_to([n], replay, elements[:1]) is not None]
        found = _with_respect_to(taken, replay, elements) or {}
    return [found.get(number) for number in range(len(replay.values))]


def _with_respect_to(
    numbers: list[int], replay: Replay, elements: torch.Tensor
) -> dict[int, torch.Tensor | None] | None:
    """Return derivatives with respect to some of a call's tensors, by their numbers; None where autograd refuses."""
    leaves = [value.clone().requires_grad_(n in numbers) for n, value in enumerate(replay.values)]
    wanted = [leaves[number] for number in numbers]
    try:
        with torch.enable_grad():
            output = replay(leaves)
    except Exception:  # torch raises many kinds
        return None
    if not wanted or not output.requires_grad or _written_unseen(output):
        return {}
    products = _products(output, wanted, elements)
    return None if products is None else dict(zip(numbers, products, strict=True))


def _written_unseen(output: torch.Tensor) -> bool:
    """Tell whether the result is an argument's copy, written to where autograd did not look (`nn.init`)."""
    node = output.grad_fn
    return node is not None and node.name() == "CloneBackward0" and output._version > 0


def _products(
    output: torch.Tensor, wanted: list[torch.Tensor], elements: torch.Tensor
) -> list[torch.Tensor | None] | None:
    room = output.numel() + sum(leaf.numel() for leaf in wanted)
    step = max(1, CHUNK_ELEMENTS // max(room, 1))
    starts = range(0, max(len(elements), 1), step)
    parts = [_chunk(output, wanted, elements[start : start + step]) for start in starts]
    if any(part is None for part in parts):
        return None
    joined: list[torch.Tensor | None] = []
    for number in range(len(wanted)):
        pieces = [part[number] for part in parts if part is not None]
        whole = [piece for piece in pieces if piece is not None]
        joined.append(torch.cat(whole) if len(whole) == len(pieces) and whole else None)
    return joined


def _chunk(
    output: torch.Tensor, wanted: list[torch.Tensor], elements: torch.Tensor
) -> list[torch.Tensor | None] | None:
    """Return the products for some elements; None where torch has no derivative for the operation."""
    if not len(elements):
        return [torch.zeros((0, leaf.numel()), dtype=leaf.dtype) for leaf in wanted]
    if output.dtype == torch.float8_e8m0fnu:  # it has no zero
        return None
    one_hot = torch.zeros((len(elements), output.numel()))
    one_hot[torch.arange(len(elements)), elements] = 1
    seeds = one_hot.to(output.dtype).reshape(len(elements), *output.shape)
    if len(elements) > 1:
        try:
            batched = torch.autograd.grad(
                output, wanted, seeds, is_grads_batched=True, allow_unused=True, retain_graph=True
            )
            return [None if g is None else g.reshape(len(elements), g[0].numel()) for g in batched]
        except Exception:  # noqa: S110 - not every backward can be batched: one at a time then
            pass
    try:
        rows = [torch.autograd.grad(output, wanted, s, allow_unused=True, retain_graph=True) for s in seeds]
    except Exception:  # a backward that torch does not have, or that the program's own code refuses
        return None
    return [
        None if any(product is None for product in column) else torch.stack([product.reshape(-1) for product in column])
        for column in zip(*rows, strict=True)
    ]
