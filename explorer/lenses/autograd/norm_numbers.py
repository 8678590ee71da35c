"""The two mean terms of a normalisation's backward, in the numbers of one cell."""

from __future__ import annotations

import ast
import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from explorer.lenses.autograd.wording import number_text
from explorer.lenses.relations.cells import Shape
from explorer.scene.relations import Array
from explorer.trace.model import BackwardEvent, GraphNode, SavedTensor

_NODES = ("NativeBatchNorm", "NativeLayerNorm", "NativeGroupNorm")


@dataclass(frozen=True, eq=False)
class Terms:
    """What a gradient was made of, each (groups, cells of a group) or (groups, 1), in double precision.

    Attributes:
        upstream: g: the gradient that came in, times the weight.
        normalised: x̂.
        mean: Of g, over each group.
        projection: Mean of g · x̂.
        scale: 1 / √(var + ε), as the node saved it.
    """

    upstream: torch.Tensor
    normalised: torch.Tensor
    mean: torch.Tensor
    projection: torch.Tensor
    scale: torch.Tensor

    @property
    def total(self) -> torch.Tensor:
        """The gradient that they give, (groups, cells of a group)."""
        return (self.upstream - self.mean - self.normalised * self.projection) * self.scale


def mean_terms(node: GraphNode, event: BackwardEvent) -> str:
    """Write one cell's gradient with its two mean terms, in numbers.

    Args:
        node: The node.
        event: Its run by the engine.

    Returns:
        A sentence about the cell with the largest gradient; "" of other nodes, where a tensor was not kept whole, and
        where the numbers do not give what the engine sent.
    """
    if not node.name.startswith(_NODES) or ("training", "False") in node.constants:
        return ""
    given, sent = _first(event.gradients_in, event.shapes_in), _first(event.gradients_out, event.shapes_out)
    if given is None or sent is None or not sent.numel():
        return ""
    terms = terms_of(node, given)
    if terms is None or not _agrees(terms, _by_group(node, sent), _precision(node)):
        return ""
    return _sentence(
        terms, _by_group(node, sent), _by_group(node, torch.arange(sent.numel()).reshape(sent.shape)), sent.shape
    )


def terms_of(node: GraphNode, given: torch.Tensor) -> Terms | None:
    """Return what a node makes its input's gradient of; None where what it had saved is not known whole.

    Args:
        node: Of batch norm in training mode, of layer norm or group norm.
        given: The gradient of its result, of the input's shape, in double precision.
    """
    saved = {one.name: _values(one) for one in node.saved}
    cells, mean, scale = (saved.get(name) for name in ("input", "result1", "result2"))
    weight = saved.get("weight")
    if cells is None or mean is None or scale is None or ("weight" in saved and weight is None):
        return None
    scale = scale.reshape(-1, 1)
    g = _by_group(node, given if weight is None else given * _laid_out(node, weight, given.dim()))
    normalised = (_by_group(node, cells) - mean.reshape(-1, 1)) * scale
    return Terms(g, normalised, g.mean(1, keepdim=True), (g * normalised).mean(1, keepdim=True), scale)


def _by_group(node: GraphNode, tensor: torch.Tensor) -> torch.Tensor:
    """Return the cells that share a mean as rows, in the order of the means that the node saved."""
    constants = dict(node.constants)
    if node.name.startswith("NativeBatchNorm"):
        return tensor.transpose(0, 1).reshape(tensor.shape[1], -1)
    if node.name.startswith("NativeGroupNorm"):
        return tensor.reshape(tensor.shape[0] * int(constants["group"]), -1)
    return tensor.reshape(-1, math.prod(ast.literal_eval(constants["normalized_shape"])))


def _laid_out(node: GraphNode, weight: torch.Tensor, rank: int) -> torch.Tensor:
    """Return the weight such that it broadcasts over the input: of layer norm it has the last dimensions' shape."""
    if node.name.startswith("NativeLayerNorm"):
        return weight
    return weight.reshape(1, -1, *[1] * (rank - 2))


def _first(gradients: Sequence[Array | None], shapes: Sequence[Shape | None]) -> torch.Tensor | None:
    """Return the first gradient, where all of it was kept."""
    if not gradients or not shapes:
        return None
    return _tensor(gradients[0], shapes[0])


def _values(saved: SavedTensor) -> torch.Tensor | None:
    return None if saved.state is None else _tensor(saved.state.values, saved.shape)


def _tensor(values: Array | None, shape: Shape | None) -> torch.Tensor | None:
    if values is None or values.shape != shape:
        return None
    return torch.from_numpy(values.copy()).double()


def _precision(node: GraphNode) -> float:
    """Return how far rounding may take the node's numbers, relative to the terms."""
    dtype = next(one.dtype for one in node.saved if one.name == "input")
    return float(torch.finfo(dtype).eps ** 0.5)


def _agrees(terms: Terms, sent: torch.Tensor, precision: float) -> bool:
    """Tell whether the terms give what the engine sent, but for rounding."""
    size = (terms.upstream.abs() + terms.mean.abs() + (terms.normalised * terms.projection).abs()) * terms.scale
    return bool(((terms.total - sent).abs() <= precision * size.amax(1, keepdim=True)).all())


def _sentence(terms: Terms, sent: torch.Tensor, cells: torch.Tensor, shape: Shape) -> str:
    """Write the cell with the largest gradient."""
    group, place = (int(one) for one in torch.unravel_index(sent.abs().argmax(), sent.shape))
    index = [int(one) for one in torch.unravel_index(cells[group, place], shape)]
    g, hat = terms.upstream[group, place].item(), terms.normalised[group, place].item()
    mean, projection = terms.mean[group, 0].item(), terms.projection[group, 0].item()
    divisor, total = (1 / terms.scale[group, 0]).item(), sent[group, place].item()
    numbers = f"({_number(g)} − {_factor(mean)} − {_factor(hat)} · {_factor(projection)}) / {_number(divisor)}"
    return f"At {index}: {numbers} = {_number(total)}; the means are over {sent.shape[1]} cells."


def _number(value: float) -> str:
    return number_text(value).replace("-", "−")


def _factor(value: float) -> str:
    return f"({_number(value)})" if value < 0 else _number(value)
