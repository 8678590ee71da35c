"""Layers that normalise: which cells share a mean and a variance, and a cell's way from x to y.

Which cells share statistics is a product again: along each dimension the indices are cut into blocks, and the cells
whose blocks agree in all dimensions are one *group*. `blocks` says how long they are: 1 where each index has statistics
of its own, the whole size where the layer averages over the dimension, C / groups for the channels of GroupNorm. So the
number of a cell's group is the row-major index of `index[d] // blocks[d]`, and no list of members is sent.
LocalResponseNorm has no groups: each cell looks at its neighbours among the channels (`neighbours`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from explorer.scene.relations import Array
from explorer.scene.spans import Span
from explorer.scene.windows import Check

ALL_BESIDE = -3
"""What a link asks for to see all other layers that take the same tensor beside the open one."""

NormKind = Literal["batch", "layer", "instance", "group", "rms", "response", "weight", "standard"]
"""`response`: LocalResponseNorm; `weight`: weight_norm; `standard`: (x - mean) / std, written by hand."""


@dataclass(frozen=True)
class Statistics:
    """What torch computed for each group: 1-d arrays, one number a group, in the order of the groups' numbers.

    Attributes:
        counts: How many cells a group has.
        mean: μ over the cells of the group, always of this tensor.
        variance: σ² over them, biased (divided by the count).
        unbiased: The same divided by the count less one; NaN where the count is 1.
        used_mean: What is subtracted: μ, or the running mean in eval mode; None where nothing is (RMSNorm).
        used_variance: What stands under the root before ε: σ², the running variance, or the mean of the squares; None
            where there is no root of a variance (weight_norm).
        divisor: What a cell is divided by: √(σ² + ε), the root of the mean square, the norm ‖v‖.
    """

    counts: Array
    mean: Array
    variance: Array
    unbiased: Array
    used_mean: Array | None
    used_variance: Array | None
    divisor: Array


@dataclass(frozen=True)
class NormBackward:
    """The layer's own backward pass: ∂L/∂x = (u − mean(u) − x̂ · mean(u · x̂)) / √(σ² + ε), with u = γ · ∂L/∂y.

    Grids by id; -1: there is none. In eval mode both means are left out, since the statistics are constants there.

    Attributes:
        output_gradient: ∂L/∂y.
        upstream: u.
        input_gradient: ∂L/∂x, as the engine has it.
        weight_gradient, bias_gradient: Of γ and β.
        mean: mean(u) of each group; None where it has no part (RMSNorm, eval mode).
        projection: mean(u · x̂) of each group (of `weight`, where x̂ has length 1, their sum); None where it has no part.
    """

    output_gradient: int
    upstream: int
    input_gradient: int
    weight_gradient: int = -1
    bias_gradient: int = -1
    mean: Array | None = None
    projection: Array | None = None


@dataclass(frozen=True)
class Norm:
    """One call of a layer that normalises. Grids by id; -1: there is none.

    Attributes:
        stop: Its number among the stops.
        kind: What it averages over.
        label: `bn1`, or the expression; of two open calls of one module `bn1, train` and `bn1, eval`.
        layer: What it is: `BatchNorm2d(4)`.
        training: Whether the module is in training mode; True for a function that takes statistics of its input.
        uses: Where mean and variance come from.
        eps: ε, one number; 0 where there is none. As an array it may be infinite or NaN.
        momentum: Weight of the new value in the running statistics, one number; None: their plain average, or none are
            kept.
        blocks: For each dimension of the input, how many indices in a row share statistics; () for `response`.
        neighbours: Of `response`, how many channels before and after a cell's own count; else (0, 0).
        affine: Dimensions of the input along which γ and β vary, rising; () without them.
        input, output: x and y, of one shape (for `weight`: v and w).
        centred: x − μ; -1 where nothing is subtracted, or where the tensor is too large to be sent once more.
        normalised: x̂, before γ and β; the output's own grid where those change nothing.
        response: Of `response`, three numbers k, α and β: a cell is divided by (k + α · mean of squares)^β.
        squares: Of `response`, the grid of those means, each over a cell's neighbours; else -1.
        scales: Of `response`, the grid of what each cell is divided by; else -1.
        weight, bias: γ and β; for `weight` γ is the magnitude g.
        running_mean, running_var: Before the call; -1 where none are kept.
        next_mean, next_var: After it.
        statistics: Of each group.
        groups: Name of each group: `channel 0`, `sample 1`, `sample 0 · channels 2–3`; fewer than groups where they are
            too many to be named.
        hidden: Which cells of the tensor are padding of a text batch, by position (N, T) as bool, flat; None: none is.
        checks: The picture beside the module's own output, running statistics and gradients.
        backward: Its gradients, where a backward pass ran through it.
        tables: Numbers of the scene's tables that belong to it.
        remarks: What to see in it, a sentence each, with the numbers of this case.
    """

    stop: int
    kind: NormKind
    label: str
    layer: str
    training: bool
    uses: Literal["batch", "running"]
    eps: Array
    momentum: Array | None
    blocks: tuple[int, ...]
    input: int
    output: int
    statistics: Statistics
    neighbours: tuple[int, int] = (0, 0)
    affine: tuple[int, ...] = ()
    centred: int = -1
    normalised: int = -1
    response: Array | None = None
    squares: int = -1
    scales: int = -1
    weight: int = -1
    bias: int = -1
    running_mean: int = -1
    running_var: int = -1
    next_mean: int = -1
    next_var: int = -1
    groups: tuple[str, ...] = ()
    hidden: Array | None = None
    checks: tuple[Check, ...] = ()
    backward: NormBackward | None = None
    tables: tuple[int, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class NormStop:
    """One call of a layer that normalises, as an entry of the list that the picture offers.

    Attributes:
        label: `bn1`, or the expression.
        layer: As in `Norm`.
        shape: Of its input.
        stride: Of its input, in elements: which cells of views of one tensor are the same element.
        training: As in `Norm`.
        call: How often the same module had been called before: 0 for the first batch.
        calls: How often it is called in all.
        same: Numbers of other stops that take the same tensor: what it can be laid beside.
        span: The expression that called it.
    """

    label: str
    layer: str
    shape: tuple[int, ...]
    stride: tuple[int, ...]
    training: bool
    call: int
    calls: int
    same: tuple[int, ...] = ()
    span: Span | None = None


@dataclass(frozen=True)
class Norms:
    """The layers of a program that normalise, and those that are open: one, or several side by side.

    Attributes:
        stops: All calls, in the order in which they ran (of very many, those that are kept).
        opened: What is drawn; the first is in focus.
    """

    stops: tuple[NormStop, ...]
    opened: tuple[Norm, ...]
