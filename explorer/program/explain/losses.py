"""Losses: targets of the wrong dtype, shape or range."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import torch

from explorer.program.explain.model import Explanation
from explorer.program.explain.text import count_text, dtype_text, sentence, shape_text

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault

_LOSSES = frozenset(
    {"cross_entropy", "nll_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits", "mse_loss", "l1_loss"}
)


class _Loss:
    """A failing loss: what it compared, and the text of both."""

    def __init__(self, fault: Fault, given: torch.Tensor, target: torch.Tensor) -> None:
        self.fault, self.given, self.target = fault, given, target
        self.given_node, self.target_node = fault.argument(0, "input"), fault.argument(1, "target")

    @property
    def input_name(self) -> str:
        return self.fault.name(self.given_node, "the input")

    @property
    def target_name(self) -> str:
        return self.fault.name(self.target_node, "the target")

    def shapes(self) -> str:
        """Return both shapes, as a sentence."""
        return (
            f"{sentence(self.input_name)} has shape {shape_text(self.given.shape)} and {self.target_name} has shape "
            f"{shape_text(self.target.shape)}."
        )

    def on_target(self, *methods: str) -> Iterator[Change]:
        return self.fault.with_methods(self.target_node, *methods)

    def on_input(self, *methods: str) -> Iterator[Change]:
        return self.fault.with_methods(self.given_node, *methods)


def explain_loss(fault: Fault) -> Explanation | None:
    """Explain a loss that refuses its input or target."""
    failed = fault.failed
    if failed is None or failed.op not in _LOSSES or len(failed.tensors) < 2:
        return None
    loss = _Loss(fault, *failed.tensors[:2])
    family = _CLASSES if failed.op in {"cross_entropy", "nll_loss"} else _VALUES
    return next((found for explain in family if (found := explain(loss)) is not None), None)


def _class_dtype(loss: _Loss) -> Explanation | None:
    if not loss.fault.matches("expected target dtype to be Long|expected scalar type Long"):
        return None
    return Explanation(
        f"A target of shape {shape_text(loss.target.shape)} holds one class index for each row of "
        f"{loss.input_name}, so it must have dtype int64 (Long). {sentence(loss.target_name)} has dtype "
        f"{dtype_text(loss.target)}.",
        "`.long()` makes whole numbers of it. Probabilities as a target need the shape of the input.",
        loss.fault.fixes(lambda: loss.on_target(".long()")),
    )


def _class_range(loss: _Loss) -> Explanation | None:
    if not loss.fault.matches(r"Target (-?\d+) is out of bounds") or not loss.target.numel() or loss.given.dim() == 0:
        return None
    classes = loss.given.shape[1 if loss.given.dim() > 1 else 0]
    low, high = int(loss.target.min()), int(loss.target.max())

    def changes() -> Iterator[Change]:
        if low >= 1 and high == classes and loss.target_node is not None:
            text = loss.fault.text.text(loss.target_node)
            yield f"{text} - 1", loss.fault.text.replaced((loss.fault.text.span(loss.target_node), f"{text} - 1"))

    counted = count_text(classes, "class", "classes")
    return Explanation(
        f"{sentence(loss.input_name)} has shape {shape_text(loss.given.shape)}: {counted}, with "
        f"indices 0 … {classes - 1}. {sentence(loss.target_name)} goes from {low} to {high}.",
        "The last layer must give one number for each class, and the classes count from 0.",
        loss.fault.fixes(changes),
    )


def _class_shape(loss: _Loss) -> Explanation | None:
    if not loss.fault.matches(
        r"multi-target not supported|to match target batch_size|Expected target size|1D target must have size"
        r"|only batches of spatial targets"
    ):
        return None
    given, target = loss.given, loss.target

    def changes() -> Iterator[Change]:
        if target.dim() == 2 and target.shape[1] == 1:
            yield from loss.on_target(".squeeze(1)")
        if given.dim() == 3 and tuple(given.shape[:2]) == tuple(target.shape):
            yield from loss.on_input(".transpose(1, 2)")
        if target.dim() == 2 and target.shape == given.shape:
            yield from loss.on_target(".argmax(1)", ".float()")
        if given.dim() == 1 and target.numel() == 1:
            yield from loss.on_target(".squeeze()")

    wanted = (given.shape[0], *given.shape[2:]) if given.dim() > 1 else ()
    return Explanation(
        f"{loss.shapes()} Dimension {1 if given.dim() > 1 else 0} of the input counts the classes, so a target of "
        f"class indices must have shape {shape_text(wanted)}.",
        "The classes stand in dimension 1: N×C, or N×C×L for a sequence.",
        loss.fault.fixes(changes),
        tuple((1, d) for d in range(target.dim())),
    )


def _value_dtype(loss: _Loss) -> Explanation | None:
    if not loss.fault.matches(r"Found dtype|can't be cast to the desired output|not implemented for '(Long|Int|Bool)'"):
        return None
    whole = [not tensor.is_floating_point() for tensor in (loss.given, loss.target)]
    if not any(whole):
        return None

    def changes() -> Iterator[Change]:
        if all(whole):
            yield from _both_floating(loss)
        elif whole[1]:
            yield from loss.on_target(".float()")
        else:
            yield from loss.on_input(".float()")

    return Explanation(
        f"{sentence(loss.input_name)} has dtype {dtype_text(loss.given)} and {loss.target_name} has dtype "
        f"{dtype_text(loss.target)}. This loss computes with both, so both must be floating-point.",
        "`.float()` converts. Class indices (int64) belong to cross_entropy.",
        loss.fault.fixes(changes),
    )


def _both_floating(loss: _Loss) -> Iterator[Change]:
    nodes = [node for node in (loss.given_node, loss.target_node) if node is not None]
    changes = []
    for node in nodes:
        text = loss.fault.text.text(node)
        plain = isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript)
        changes.append((loss.fault.text.span(node), f"{text if plain else f'({text})'}.float()"))
    yield ".float() on both", loss.fault.text.replaced(*changes)


def _value_range(loss: _Loss) -> Explanation | None:
    found = loss.fault.matches("all elements of (input|target) should be between 0 and 1")
    if found is None:
        return None
    at_input = found[1] == "input"
    tensor, name = (loss.given, loss.input_name) if at_input else (loss.target, loss.target_name)
    return Explanation(
        f"binary_cross_entropy compares probabilities, numbers from 0 to 1. {sentence(name)} goes from "
        f"{float(tensor.min()):.4g} to {float(tensor.max()):.4g}.",
        "A sigmoid makes probabilities of scores; binary_cross_entropy_with_logits does both at once."
        if at_input
        else "A target is 0 or 1, or between.",
        loss.fault.fixes(lambda: loss.on_input(".sigmoid()")) if at_input else (),
    )


def _value_shape(loss: _Loss) -> Explanation | None:
    if not loss.fault.matches(r"Using a target size|Target size \(|must match the size of tensor"):
        return None
    given, target = loss.given, loss.target

    def changes() -> Iterator[Change]:
        if given.numel() == target.numel():
            extra = given.dim() > target.dim()
            dims = range(max(given.dim(), target.dim()))
            for dim in reversed(dims):
                if extra and given.shape[dim : dim + 1] == (1,):
                    yield from loss.on_target(f".unsqueeze({dim})")
                    yield from loss.on_input(f".squeeze({dim})")
                elif not extra and target.shape[dim : dim + 1] == (1,):
                    yield from loss.on_target(f".squeeze({dim})")
            yield from loss.on_target(f".view_as({loss.input_name})")

    return Explanation(
        f"{loss.shapes()} The loss compares them element by element, so the shapes must be equal.",
        "unsqueeze or squeeze one of them.",
        loss.fault.fixes(changes),
        tuple((1, d) for d in range(target.dim())),
    )


_CLASSES: tuple[Callable[[_Loss], Explanation | None], ...] = (_class_dtype, _class_range, _class_shape)
_VALUES: tuple[Callable[[_Loss], Explanation | None], ...] = (_value_shape, _value_dtype, _value_range)
