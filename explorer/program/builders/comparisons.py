r"""A second layer that normalises the same tensor, to be laid beside the first.

>>> program = "import torch\nfrom torch import nn\nx = torch.randn(2, 4, 3, 3)\nbn = nn.BatchNorm2d(4)\ny = bn(x)\n"
>>> print(compare(program, 1, "LayerNorm", (2, 4, 3, 3)).removeprefix(program).strip())
ln = nn.LayerNorm((4, 3, 3))
z = ln(x)
"""

from __future__ import annotations

import ast
from collections.abc import Collection

from explorer.program.builders import chain, names
from explorer.program.builders.additions import inserted
from explorer.program.builders.applied import Application, applications
from explorer.program.builders.groups.normalizations import NORMALIZATION_TABLE
from explorer.program.builders.layers import LAYERS
from explorer.program.builders.links import Chip, Program, read
from explorer.program.builders.problems import EditProblem
from explorer.program.builders.starts import Shape
from explorer.program.builders.weights import read_program

NAMES = tuple(layer.name for layer in NORMALIZATION_TABLE)
_RESULTS = ("z", "w", "v", "u")
_PLAIN = len(("N", "C"))


def comparable(shape: Shape) -> tuple[str, ...]:
    """Return the layers that normalise a tensor of this shape."""
    spatial = 1 if len(shape) == _PLAIN else len(shape) - _PLAIN
    fitting = [layer for layer in NORMALIZATION_TABLE if layer.dims in (0, spatial) and not _is_lazy(layer.name)]
    return tuple(layer.name for layer in fitting if len(shape) > _PLAIN or not _is_spatial(layer.name))


def compared(source: str, index: int, same: Collection[str] = ()) -> Chip | None:
    """Return the chip of the other layer that the same tensor goes through; None where there is none.

    Args:
        source: The program.
        index: The chip.
        same: Paths of layers that took the same tensor when the program ran, whatever it is called there; first, one
            that is called on the same expression is looked for.
    """
    program = read(source)
    own = None if program is None else _last(program, program.chips[index])
    if program is None or own is None or own.given is None:
        return None
    others = [chip for chip in program.chips if chip.name in NAMES and chip.index != index]
    calls = [(chip, call) for chip in others if (call := _last(program, chip)) is not None and call.whole]
    given = ast.unparse(own.given)
    alike = [chip for chip, call in calls if call.given is not None and ast.unparse(call.given) == given]
    return next(iter([*alike, *(chip for chip, _ in calls if chip.path in same)]), None)


def can_compare(source: str, index: int) -> bool:
    """Tell whether a line of the program calls the layer of a chip on a tensor."""
    program = read(source)
    own = None if program is None else _last(program, program.chips[index])
    return own is not None and own.given is not None and own.whole


def given_name(source: str, index: int) -> str:
    """Return the name of the tensor that the layer of a chip is called on; "" where it has none."""
    program = read(source)
    own = None if program is None else _last(program, program.chips[index])
    return own.given.id if own is not None and isinstance(own.given, ast.Name) else ""


def compare(source: str, index: int, name: str, shape: Shape, same: Collection[str] = ()) -> str:
    """Return the program with another layer beside that of a chip, in the place of one that was there.

    Args:
        source: The program.
        index: The chip.
        name: One of `comparable`; "" for none.
        shape: Of what the layer is called on.
        same: As for `compared`.

    Raises:
        EditProblem: The chip's layer is called on nothing that has a name, or lines need the other layer.
    """
    other = compared(source, index, same)
    if other is not None and other.name == name:
        return source
    if other is not None:
        without = chain.remove(source, other.index)
        # what stood before the chip may be gone
        return compare(without, _moved(without, chain.chips(source)[index]), name, shape, same) if name else without
    if not name:
        return source
    program = read_program(source)
    own = _last(program, program.chips[index])
    if own is None or own.given is None or not own.whole:
        raise EditProblem("No line calls this layer on a tensor. Edit the program's text instead.")
    return program.text.edited([inserted(program, own.place, _lines(program, name, shape, own.given))])


def _lines(program: Program, name: str, shape: Shape, given: ast.expr) -> list[str]:
    source, layer = program.text.source, LAYERS[name]
    made = names.fresh(source, ast.parse(source), (layer.stem,))
    result = names.fresh(source, ast.parse(source), _RESULTS)
    return [f"{made} = {layer.render(layer.defaults(shape))}", f"{result} = {made}({program.text.segment(given)})"]


def _last(program: Program, chip: Chip) -> Application | None:
    calls = applications(program, chip.path) if chip.role == "layer" else ()
    return calls[-1] if calls else None


def _moved(source: str, chip: Chip) -> int:
    return next(other.index for other in chain.chips(source) if other.role == "layer" and other.path == chip.path)


def _is_lazy(name: str) -> bool:
    return name.startswith("Lazy")


def _is_spatial(name: str) -> bool:
    """Tell what needs more dimensions than N × C."""
    return name.startswith(("Instance", "Local"))
