"""Recurrent layers: every gate at every time step, of one layer, direction and batch item of a module's call.

All numbers are torch's: the module's own equations, run step by step on the recorded tensors, and compared with what
the module returned (`checks`). Times are those of the sequence, also in a layer that reads it backwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from explorer.scene.relations import Array
from explorer.scene.spans import Span
from explorer.scene.windows import Check

CellKind = Literal["rnn_tanh", "rnn_relu", "lstm", "gru"]


@dataclass(frozen=True)
class Gate:
    """A gate, or the candidate, over time: the block `number` of weight_ih, weight_hh and the biases.

    All arrays are (T, H), row-major, with T = `Unrolled.steps`: nothing is computed for padding. `before` is what goes
    through the gate's function: W_ih·x_t + b_ih + W_hh·h_{t−1} + b_hh; of GRU's n it is
    W_in·x_t + b_in + r · (W_hn·h_{t−1} + b_hn).

    Attributes:
        name: As torch's documentation calls it: `i`, `f`, `g`, `o`; `r`, `z`, `n`; `h` of an RNN.
        role: What it does, in words: `forget gate`.
        function: What it goes through: `sigmoid`, `tanh`, `relu`.
        from_input: W_ih·x_t, without the bias.
        from_hidden: W_hh·h_{t−1}, without the bias.
        before: The pre-activation.
        values: The gate.
    """

    name: str
    role: str
    function: Literal["sigmoid", "tanh", "relu"]
    from_input: Array | None
    from_hidden: Array | None
    before: Array | None
    values: Array | None


@dataclass(frozen=True)
class State:
    """A state, or what it is made of, over time: (T, `units`), row-major.

    Attributes:
        name: `c`, `tanh c`, `h`; with a projection also `o·tanh c`, which weight_hr makes h of; of a GRU also `hn`,
            W_hn·h_{t−1} + b_hn.
        role: In words: `cell state`.
        units: H, or proj_size.
        values: None on `meta`.
    """

    name: str
    role: str
    units: int
    values: Array | None


@dataclass(frozen=True)
class Gradient:
    """How much what the gradient starts from feels each time step.

    Attributes:
        root: What it starts from, in words: `loss`, `output[23]`, `h_n[-1][2]`.
        hidden: Euclidean length of ∂root/∂h_t of this item, T floats.
        cell: The same of c_t; None without a cell state.
        unit_hidden: ∂root/∂h_t of each unit, (T, H_out).
        unit_cell: ∂root/∂c_t of each unit, (T, H), or None.
        step: The time step that was chosen to start from; -1: the program's own backward pass.
    """

    root: str
    hidden: Array
    cell: Array | None
    unit_hidden: Array
    unit_cell: Array | None
    step: int = -1


@dataclass(frozen=True)
class Unrolled:
    """One layer, one direction, one item of the batch, opened. Grids by id; -1: there is none.

    Attributes:
        cell: Which equations.
        layer: Index among num_layers.
        reverse: Whether it reads from the last step to the first.
        item: Index in the batch.
        unit: In focus.
        steps: T of this item (in a packed batch its own length).
        padded: T of the batch: from `steps` on there is padding.
        hidden_size: H.
        input: Grid (T, I): the sequence, or what the layer below returned.
        first_hidden, first_cell: h_0 and c_0, (H_out,) and (H,).
        weight_ih, weight_hh, bias_ih, bias_hh, weight_hr: Its parameters.
        names: torch's names of these five, `weight_ih_l0`; "" where there is none.
        gates: In torch's order: the order of the blocks in the weights.
        states: In the order in which they are computed.
        tokens: What stands at each step where the program says it (characters, words), `padded` of them; () else.
        retention: Of the unit in focus, (T, T), rows t, columns s: how much of c_s is left in c_t, the product of f
            from s + 1 to t (of h with z for a GRU); NaN where s comes after t. A reverse layer reads backwards: from
            s - 1 down to t, NaN for s < t. None for an RNN, on `meta` and of very many steps.
        gradient: None where nothing was asked for and no backward pass ran.
        singular: Singular values of W_hh, falling, for each gate's block; () on `meta`.
    """

    cell: CellKind
    layer: int
    reverse: bool
    item: int
    unit: int
    steps: int
    padded: int
    hidden_size: int
    input: int
    weight_ih: int
    weight_hh: int
    names: tuple[str, ...]
    gates: tuple[Gate, ...]
    states: tuple[State, ...]
    first_hidden: int = -1
    first_cell: int = -1
    bias_ih: int = -1
    bias_hh: int = -1
    weight_hr: int = -1
    tokens: tuple[str, ...] = ()
    retention: Array | None = None
    gradient: Gradient | None = None
    singular: tuple[Array, ...] = ()


@dataclass(frozen=True)
class NamedShape:
    """A row of the table of shapes: a tensor that the module takes, returns or owns.

    Attributes:
        name: torch's: `input`, `h_0`, `weight_ih_l0_reverse`.
        part: Where it belongs.
        axes: What each dimension is, as torch writes it: `L`, `N`, `H_in`, `D·num_layers`, `4·H`.
        shape: In numbers.
        meanings: What each dimension is in words (`time steps`, `batch`, `layers × directions`).
        flipped: Its shape with the other batch_first, as torch gives it; equal to `shape` where nothing moves.
        blocks: How its first dimension is stacked: (`i`, `f`, `g`, `o`); () else.
        note: What to know of it.
        grid: The tensor, or -1.
    """

    name: str
    part: Literal["takes", "returns", "owns"]
    axes: tuple[str, ...]
    shape: tuple[int, ...]
    meanings: tuple[str, ...]
    flipped: tuple[int, ...]
    blocks: tuple[str, ...] = ()
    note: str = ""
    grid: int = -1


@dataclass(frozen=True)
class RecurrentStop:
    """A call of a recurrent module, or a run of calls of a cell, as an entry of the list.

    Attributes:
        label: What people call it: `lstm`.
        layer: As torch prints it: `LSTM(4, 6, num_layers=2)`.
        cell: Which equations.
        steps: T of the batch.
        layers: num_layers.
        directions: 1 or 2.
        batch: Items.
        lengths: Steps of each item where they differ; () else.
        hidden_size: H.
        training: Whether the module is in training mode (dropout between layers).
        span: The program's expression.
    """

    label: str
    layer: str
    cell: CellKind
    steps: int
    layers: int
    directions: int
    batch: int
    lengths: tuple[int, ...]
    hidden_size: int
    training: bool
    span: Span | None = None


@dataclass(frozen=True)
class Recurrent:
    """The recurrent layers of a program, and what is open of one.

    Attributes:
        stops: All of them.
        opened: Number of the open one; -1: none.
        shapes: Of the open one.
        parameters: Its count by formula, in symbols, then in numbers, then their result, with as many symbols as
            numbers: `4·H·(H_in + H + 2) = 4·16·(100 + 16 + 2) = 7,552`.
        unrolled: Its open layer, direction and item; None where it can't be opened (`reason`).
        reason: Why not, in a sentence; or "".
        checks: Largest differences from what the module returned, over all layers, directions, items and steps.
        remarks: What is worth knowing of this case, in sentences.
        tables: Numbers of the scene's tables that belong to it.
    """

    stops: tuple[RecurrentStop, ...]
    opened: int = -1
    shapes: tuple[NamedShape, ...] = ()
    parameters: str = ""
    unrolled: Unrolled | None = None
    reason: str = ""
    checks: tuple[Check, ...] = ()
    remarks: tuple[str, ...] = ()
    tables: tuple[int, ...] = ()
