"""Every tensor that a recurrent layer takes, returns and owns, with what each of its dimensions is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from explorer.lenses.recurrent.cells import GATES
from explorer.lenses.recurrent.flips import Shape, flipped_shapes
from explorer.lenses.recurrent.sequences import Sequence
from explorer.lenses.recurrent.tensors import names_of, states_by_name
from explorer.scene.recurrent import NamedShape

_MEANINGS = {
    "L": "time steps",
    "N": "batch",
    "H_in": "numbers a step",
    "steps": "steps of all items",
    "H_out": "hidden units",
    "D·H_out": "directions × hidden units",
    "H": "hidden units",
    "D·num_layers": "directions × layers",
    "num_layers": "layers",
}


@dataclass(frozen=True)
class Sizes:
    """The numbers behind the letters of one layer.

    Attributes:
        gates: How many blocks its weights are stacked of.
        given: H_in.
        hidden: H.
        shown: H_out: proj_size, or H.
        layers: num_layers.
        directions: D.
        bias: Whether it has biases.
        cell: Whether it is a cell.
    """

    gates: int
    given: int
    hidden: int
    shown: int
    layers: int
    directions: int
    bias: bool
    cell: bool

    @property
    def projected(self) -> bool:
        """Whether h is a projection of o · tanh(c)."""
        return self.shown != self.hidden


def sizes_of(sequence: Sequence) -> Sizes:
    """Return the numbers of a layer."""
    first, settings = sequence.first, sequence.settings
    gates = len(GATES[settings.kind])
    rows, given = first.weights[0].shape
    return Sizes(
        gates,
        given,
        rows // gates,
        first.weights[1].shape[1],
        settings.layers,
        settings.directions,
        settings.bias,
        settings.cell,
    )


@dataclass(frozen=True)
class _Row:
    name: str
    axes: tuple[str, ...]
    shape: Shape
    note: str = ""


def shapes_of(sequence: Sequence) -> tuple[NamedShape, ...]:
    """Return the rows of the table of shapes: what the layer takes, returns and owns."""
    sizes = sizes_of(sequence)
    flipped = flipped_shapes(sequence) or {}
    takes, returns = _cell_rows(sequence, sizes) if sizes.cell else _module_rows(sequence, sizes)
    return (
        *(_named(row, "takes", sizes, flipped) for row in takes),
        *(_named(row, "returns", sizes, flipped) for row in returns),
        *_owned(sequence, sizes),
    )


def with_grids(rows: Iterable[NamedShape], grids: Mapping[str, int]) -> tuple[NamedShape, ...]:
    """Return rows with the grids of those tensors that are drawn, by their names."""
    return tuple(replace(row, grid=grids.get(row.name, row.grid)) for row in rows)


def _named(row: _Row, part: str, sizes: Sizes, flipped: dict[str, Shape]) -> NamedShape:
    return NamedShape(
        name=row.name,
        part="takes" if part == "takes" else "returns",
        axes=row.axes,
        shape=row.shape,
        meanings=tuple(_meaning(axis, sizes) for axis in row.axes),
        flipped=flipped.get(row.name, row.shape),
        note=row.note,
    )


def _meaning(axis: str, sizes: Sizes) -> str:
    if axis == "H_out" and sizes.projected:
        return "projected units"
    return _MEANINGS[axis]


def _module_rows(sequence: Sequence, sizes: Sizes) -> tuple[list[_Row], list[_Row]]:
    """Return what a module takes and what it returns."""
    first = sequence.first
    states = ("D·num_layers" if sizes.directions > 1 else "num_layers", *(("N",) if first.batched else ()))
    lead = (sizes.layers * sizes.directions, *((first.batch,) if first.batched else ()))
    width = "D·H_out" if sizes.directions > 1 else "H_out"
    around, numbers = _around(sequence)
    both = "Layers first, also with batch_first: it moves only `input` and `output`."
    takes = [
        _Row("input", (*around, "H_in"), (*numbers, sizes.given), _input_note(sequence)),
        _Row("h_0", (*states, "H_out"), (*lead, sizes.shown), "Zeros where none is given."),
    ]
    returns = [
        _Row("output", (*around, width), (*numbers, sizes.directions * sizes.shown), _output_note(sizes)),
        _Row("h_n", (*states, "H_out"), (*lead, sizes.shown), both),
    ]
    if first.cell is not None:
        note = f"H = {sizes.hidden}, also where h is projected." if sizes.projected else ""
        takes.append(_Row("c_0", (*states, "H"), (*lead, sizes.hidden), "Zeros where none is given."))
        returns.append(_Row("c_n", (*states, "H"), (*lead, sizes.hidden), note or both))
    return takes, returns


def _around(sequence: Sequence) -> tuple[tuple[str, ...], Shape]:
    """Return the dimensions of input and output before the last one, with their sizes."""
    first = sequence.first
    if first.batch_sizes is not None:
        return ("steps",), (first.input.shape[0],)
    if not first.batched:
        return ("L",), (sequence.steps,)
    if first.settings.batch_first:
        return ("N", "L"), (first.batch, sequence.steps)
    return ("L", "N"), (sequence.steps, first.batch)


def _input_note(sequence: Sequence) -> str:
    first, count = sequence.first, len(sequence.calls)
    if first.batch_sizes is not None:
        return "Packed: the steps of all items without padding, time by time; the longest item comes first."
    if not first.batched:
        return "Without a batch: h_0 and h_n have no N either."
    parts = f"In {count} calls, each of which goes on with the states of the one before. " if count > 1 else ""
    order = "batch_first=True: the batch comes before time." if first.settings.batch_first else ""
    return f"{parts}{order or 'Time comes first.'}"


def _output_note(sizes: Sizes) -> str:
    layer = "The last layer's h at every step."
    if sizes.directions == 1:
        return layer
    return f"{layer} [..., :{sizes.shown}] reads forward, [..., {sizes.shown}:] backward."


def _cell_rows(sequence: Sequence, sizes: Sizes) -> tuple[list[_Row], list[_Row]]:
    """Return what a cell takes and returns in each call."""
    first = sequence.first
    around, numbers = (("N",), (first.batch,)) if first.batched else ((), ())
    note = f"One call for each of {sequence.steps:,} steps."
    takes = [_Row("input", (*around, "H_in"), (*numbers, sizes.given), note)]
    returns = []
    for name in ("h", "c") if first.cell is not None else ("h",):
        letter = "H_out" if name == "h" else "H"
        takes.append(_Row(f"{name}_0", (*around, letter), (*numbers, sizes.hidden), "Zeros where none is given."))
        returns.append(_Row(f"{name}_1", (*around, letter), (*numbers, sizes.hidden), "What the next call is given."))
    return takes, returns


def _owned(sequence: Sequence, sizes: Sizes) -> list[NamedShape]:
    """Return the parameters of all layers and directions."""
    states, kind = states_by_name(sequence.first), sequence.settings.kind
    found = []
    for number, layer in enumerate(names_of(sequence.first)):
        for direction, names in enumerate(layer):
            for name in names:
                axes = _own_axes(name, number, sizes)
                found.append(
                    NamedShape(
                        name=name,
                        part="owns",
                        axes=axes,
                        shape=states[name].shape,
                        meanings=_own_meanings(name, sizes),
                        flipped=states[name].shape,
                        blocks=() if name.startswith("weight_hr") or sizes.gates == 1 else GATES[kind],
                        note=_own_note(name, number, direction, sizes),
                    )
                )
    return found


def _own_axes(name: str, layer: int, sizes: Sizes) -> tuple[str, ...]:
    if name.startswith("weight_hr"):
        return ("H_out", "H")
    rows = "H" if sizes.gates == 1 else f"{sizes.gates}·H"
    if name.startswith("bias"):
        return (rows,)
    back = "H_out" if sizes.projected else "H"
    if name.startswith("weight_hh"):
        return (rows, back)
    below = f"D·{back}" if sizes.directions > 1 else back
    return (rows, below if layer else "H_in")


def _own_meanings(name: str, sizes: Sizes) -> tuple[str, ...]:
    rows = "hidden units" if sizes.gates == 1 else "gates × hidden units"
    if name.startswith("weight_hr"):
        return ("projected units", "hidden units")
    if name.startswith("bias"):
        return (rows,)
    return (rows, "what h had a step before" if name.startswith("weight_hh") else "what a step gives")


def _own_note(name: str, layer: int, direction: int, sizes: Sizes) -> str:
    parts = []
    if name.startswith("weight_ih") and layer:
        both = "both directions of " if sizes.directions > 1 else ""
        parts.append(f"Takes the output of {both}layer {layer - 1}.")
    if name.startswith("weight_hr"):
        parts.append("Makes h of o · tanh(c): h has fewer numbers than c.")
    if name.startswith("bias_hh") and sizes.gates == 3:
        parts.append("Of n, it is added before r is applied: two biases are not one here.")
    if direction and name.startswith("weight_ih"):
        parts.append("Reads from the last step to the first.")
    return " ".join(parts)
