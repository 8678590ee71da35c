r"""How many time steps and sequences a recurrent layer goes through, as far as the program's text says it.

>>> from explorer.program.builders.links import read
>>> sequence_size(read("x = torch.randn(6, 2, 3)\noutput, h_n = gru(x)\n"), "gru", batch_first=False)
SequenceSize(name='x', steps=6, batch=2)
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from explorer.program.builders.links import Chip, Program
from explorer.program.builders.recurrent_calls import PACKERS, RecurrentCall, called, packing, recurrent_call
from explorer.program.builders.written_shapes import Shape, shape_of, whole_number

_BATCHED = len(("T", "N", "I"))


@dataclass(frozen=True)
class SequenceSize:
    """What a layer goes through, counted.

    Attributes:
        name: Its name in the program; "the sequence" where it has none.
        steps: The number of time steps; None where the text does not say it.
        batch: The number of sequences; None where the text does not say it, or there is one without a batch.
    """

    name: str
    steps: int | None = None
    batch: int | None = None

    @property
    def title(self) -> str:
        """Its name as a sentence begins with it: a name of the program keeps its letters."""
        return self.name if self.name.isidentifier() else self.name.capitalize()


def sequence_size(program: Program, path: str, *, batch_first: bool) -> SequenceSize:
    """Count what the layer at a path goes through.

    Args:
        program: The program.
        path: How it calls the layer.
        batch_first: Whether the layer's batch comes before time; a call that packs says it itself.
    """
    call = recurrent_call(program, path)
    if call is None:
        return SequenceSize("the sequence")
    if call.loop is not None:
        return _looped(program, call, call.loop)
    node, place, first = call.given, call.place, batch_first
    packed = packing(program, call)
    if packed is None and (inside := called(node, PACKERS)) is not None:
        packed = place, inside
    if packed is not None and packed[1].args:
        place, node, first = packed[0], packed[1].args[0], _is_first(packed[1])
    name = _name(node)
    shape = shape_of(program, node, place)
    if shape is None or len(shape) != _BATCHED:
        return SequenceSize(name)
    return SequenceSize(name, shape[1], shape[0]) if first else SequenceSize(name, shape[0], shape[1])


def layer_size(program: Program, path: str) -> SequenceSize:
    """Count what the layer at a path goes through, in the order of axes that its own chip says."""
    first = any(chip.role == "layer" and chip.path == path and _says_first(chip) for chip in program.chips)
    return sequence_size(program, path, batch_first=first)


def counted(count: int, noun: str) -> str:
    """Write a number with its noun: `1 step`, `6 steps`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _says_first(chip: Chip) -> bool:
    return chip.fields.get("batch_first") == "True"


def _is_first(call: ast.Call) -> bool:
    return any(key.arg == "batch_first" and ast.unparse(key.value) == "True" for key in call.keywords)


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else "the sequence"


def _looped(program: Program, call: RecurrentCall, loop: ast.For) -> SequenceSize:
    """Count the passes of a loop that calls a cell: through a tensor, or through numbers from 0."""
    match loop.iter:
        case ast.Call(func=ast.Name(id="range"), args=[ast.Call(func=ast.Name(id="len"), args=[through])], keywords=[]):
            pass
        case ast.Call(func=ast.Name(id="range"), args=[count], keywords=[]):
            return SequenceSize("the loop", whole_number(program, count, call.place))
        case ast.Call(func=ast.Name(id="enumerate"), args=[through], keywords=[]):
            pass
        case through:
            pass
    shape: Shape | None = shape_of(program, through, call.place)
    return SequenceSize(_name(through), shape[0] if shape else None)
