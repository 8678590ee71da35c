"""Layers that slide a window over their input: what each cell of the result reads, and what it is made of.

All of them (convolution, transposed convolution, pooling, unfold, fold) are separable: which cells a window holds is
the product of what it holds in each spatial dimension. So a layer is one `Reach` a dimension, and the stage finds the
cells of any window by walking through them; nothing grows with the number of windows but the numbers themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from explorer.scene.relations import Array
from explorer.scene.spans import Span

Operation = Literal["convolution", "transposed", "max", "mean", "power", "unfold", "fold"]
"""What a window's cells become. `power`: LPPool, the p-th root of the sum of p-th powers."""

INPUT, ZERO, COPY, INSERTED, EXTRA, OUTSIDE = range(6)
"""What stands at a position of the padded input (`Reach.kinds`): a cell of the input; a zero of the padding (minus
infinity for max pooling); a copy that padding made of an input cell; a zero that a transposed convolution inserted
between two cells; what `output_padding` reaches into; what only `ceil_mode` reaches, beyond the padding."""


@dataclass(frozen=True)
class Reach:
    """One spatial dimension of such a layer.

    The window moves over the *padded input*: for a transposed convolution that is the input with stride − 1 zeros
    inserted between its cells, d(k − 1) − p more at both ends (cut off where that is negative) and output_padding at
    the end; there the kernel is read backwards, which `kernel_index` says.

    Attributes:
        name: Of the dimension: `D`, `H`, `W`, `L`.
        size: Of the input, n.
        output: Of the result.
        kernel, stride, dilation: k, s, d; of adaptive pooling k is the largest window, s and d are 0.
        padding: Before and after.
        output_padding: Of a transposed convolution, else 0.
        source: For each position of the padded input, the index of the input's cell that stands there; -1: none.
        kinds: For each position of the padded input, what it is: `INPUT` … `OUTSIDE`.
        starts: Output index o has the taps `starts[o]` to `starts[o + 1]`, exclusive. 1-d integers, output + 1.
        positions: For each tap, the position of the padded input that it reads.
        kernel_index: For each tap, the index in the kernel that it is multiplied with.
        reads: For each position of the padded input, how many windows read it; 0: none does.
        formula: The size of the result with the numbers of this case: `⌊(5 + 2·1 − 1·(3 − 1) − 1) / 2⌋ + 1 = 3`.
        remark: What the floor leaves out, or which side output_padding is on, in a sentence; or "".
    """

    name: str
    size: int
    output: int
    kernel: int
    stride: int
    dilation: int
    padding: tuple[int, int]
    output_padding: int
    source: Array
    kinds: Array
    starts: Array
    positions: Array
    kernel_index: Array
    reads: Array
    formula: str
    remark: str = ""


@dataclass(frozen=True)
class Products:
    """What the windows of one output channel are made of, as torch computed it.

    P windows are kept: those of the output positions from `first`, `count` a dimension, row-major. Each has C terms
    (input channels of the group) times K (cells of the kernel, row-major by kernel index); NaN: the window has no such
    cell.

    Attributes:
        first: First output position that is kept, in each spatial dimension.
        count: How many are kept, in each spatial dimension.
        terms: Input cell times weight, P × C × K, flat; of pooling, the input cell (of LPPool its p-th power);
            None on `meta` or where there is no value.
        partial: Sum over a channel's terms, P × C, flat; of max pooling the maximum; or None.
        total: Before the bias, P; or None.
        divisors: What a mean is divided by, P; or None.
        chosen: Of max pooling, the kernel index (row-major) of the cell that was taken, P; or None.
        to_input: Gradient at the output cell times weight: what the window sends to its input cells, P × C × K, flat;
            None where no gradient was computed.
        to_weight: Gradient at the output cell times input cell: what it sends to the weights, P × C × K, flat.
    """

    first: tuple[int, ...]
    count: tuple[int, ...]
    terms: Array | None = None
    partial: Array | None = None
    total: Array | None = None
    divisors: Array | None = None
    chosen: Array | None = None
    to_input: Array | None = None
    to_weight: Array | None = None


@dataclass(frozen=True)
class Check:
    """The sums of the picture beside what the module itself returned.

    Attributes:
        what: `output`, `input gradient`, `weight gradient`, `bias gradient`, `indices`.
        difference: The largest absolute difference, over all cells (not only those that are shown).
        largest: The largest absolute value, to compare with.
        note: Where it comes from, in a sentence: another order of summing, float32.
    """

    what: str
    difference: float
    largest: float
    note: str = ""


@dataclass(frozen=True)
class Windows:
    """The layer that is open: its panels, its windows, and what they are made of. Grids by id; -1: there is none.

    Attributes:
        operation: What a window's cells become.
        dims: Its spatial dimensions, in the order of the tensors.
        input, weight, bias, output: Grids of (N, C_in, *sizes), the weight as torch has it, (C_out,) and
            (N, C_out, *sizes); without N where the program's tensors have none.
        indices: Of max pooling with `return_indices`, the grid of them.
        input_gradient, weight_gradient, bias_gradient, output_gradient: Where a backward pass ran.
        groups: Groups of channels.
        channels: Of input and result.
        item: Index in the batch that is shown; -1: the tensors have no batch.
        channel: Output channel that is in focus.
        products: What its windows are made of.
        checks: The sums beside torch's own result.
        padding_mode: `zeros`, `reflect`, `replicate`, `circular`.
        norm: p of LPPool as text, which an infinite one is too; else 0.
        flipped: Of a switch: the grid of the result with the kernel flipped (convolution as mathematics has it), or -1.
        columns: The unfolded input, (N, C·K, P), as torch's `unfold` returns it: the same picture as one matmul; or -1.
        tables: Numbers of the scene's tables that belong to it: sizes, costs.
        notes: What was left out and why.
    """

    operation: Operation
    dims: tuple[Reach, ...]
    input: int
    weight: int
    bias: int
    output: int
    groups: int
    channels: tuple[int, int]
    item: int
    channel: int
    products: Products
    indices: int = -1
    input_gradient: int = -1
    weight_gradient: int = -1
    bias_gradient: int = -1
    output_gradient: int = -1
    checks: tuple[Check, ...] = ()
    padding_mode: str = "zeros"
    norm: str = "0"
    flipped: int = -1
    columns: int = -1
    tables: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Field:
    """The receptive field of a layer's cells in one spatial dimension of the network's input.

    Attributes:
        first: For each output index, the first index of the input that it depends on.
        last: The last one; before `first` where it depends on none (on padding alone).
        size: Of a field that no border cuts off, r.
        jump: Distance between the fields of neighbours, j; 0 where it is not the same everywhere.
    """

    first: Array
    last: Array
    size: int
    jump: int


@dataclass(frozen=True)
class Layer:
    """One step of the network: a row of the table, a stop of the picture.

    Attributes:
        label: `conv1`, `features.3`, or the expression.
        layer: What it is: `Conv2d(1, 6, 5, padding=2)`.
        kind: `window` where it can be opened, `join` for cat and add, `other` else.
        shape: Of its result.
        parameters: How many numbers it learns.
        multiply_adds: For this input; -1: not counted for this kind.
        nbytes: Of its result.
        inputs: Numbers of the layers that it takes; () for the network's input.
        span: The expression that made it.
        maps: Grid of its feature maps for one item, (C, h, w), smaller than the result where `scale` is above 1; or -1.
        scale: How many cells of the result a cell of the maps is the mean of, in each dimension.
        fields: Receptive field by spatial dimension; () where cells cannot be told apart by place any more.
        field: Its size in words: `5 × 5`, `whole input`, `not known`.
    """

    label: str
    layer: str
    kind: Literal["window", "join", "other"]
    shape: tuple[int, ...]
    parameters: int
    multiply_adds: int
    nbytes: int
    inputs: tuple[int, ...]
    span: Span | None = None
    maps: int = -1
    scale: tuple[int, ...] = ()
    fields: tuple[Field, ...] = ()
    field: str = ""


@dataclass(frozen=True)
class Layers:
    """The network of a program, and the layer of it that is open.

    Attributes:
        input: Grid of the network's input for one item, (C, …), drawn like the maps; or -1.
        stops: The layers, in the order in which they ran.
        opened: Number of the layer that is open, or -1: none of them slides a window.
        windows: What it does.
        input_scale: How many cells of the input a cell of that grid is the mean of, in each dimension.
    """

    input: int
    stops: tuple[Layer, ...]
    opened: int
    windows: Windows | None
    input_scale: tuple[int, ...] = ()
