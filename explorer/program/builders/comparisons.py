r"""Other layers that normalise the same tensor, to be laid beside the first.

>>> program = "import torch\nfrom torch import nn\nx = torch.randn(2, 4, 3, 3)\nbn = nn.BatchNorm2d(4)\ny = bn(x)\n"
>>> print(compare(program, 1, ("LayerNorm",), (2, 4, 3, 3)).removeprefix(program).strip())
ln = nn.LayerNorm((4, 3, 3))
z = ln(x)
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence

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


def compared(source: str, index: int, same: Collection[str] = ()) -> tuple[Chip, ...]:
    """Return the chips of the other layers that the same tensor goes through.

    Args:
        source: The program.
        index: The chip.
        same: Paths of layers that took the same tensor when the program ran, whatever it is called there; those that
            are called on the same expression come first.
    """
    program = read(source)
    own = None if program is None else _last(program, program.chips[index])
    if program is None or own is None or own.given is None:
        return ()
    calls = _others(program, index)
    alike = [chip for chip, call in calls if _is_alike(own, call)]
    return (*alike, *(chip for chip, _ in calls if chip.path in same and chip not in alike))


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


def compare(source: str, index: int, wanted: Sequence[str], shape: Shape, same: Collection[str] = ()) -> str:
    """Return the program with other layers beside that of a chip; those that are there and not wanted go.

    Args:
        source: The program.
        index: The chip.
        wanted: Of `comparable`.
        shape: Of what the layer is called on.
        same: As for `compared`.

    Raises:
        EditProblem: The chip's layer is called on nothing that has a name, or lines need another layer that goes.
    """
    own = chain.chips(source)[index]
    while gone := [chip for chip in compared(source, index, same) if chip.name not in wanted]:
        source = chain.remove(source, gone[0].index)
        index = _moved(source, own)  # what stood before the chip may be gone
    there = {chip.name for chip in compared(source, index, same)}
    for name in wanted:
        if name not in there:
            source = _with(source, index, name, shape)
            index = _moved(source, own)
    return source


def _with(source: str, index: int, name: str, shape: Shape) -> str:
    """Return the program with one more layer beside that of a chip, after those that are there."""
    program = read_program(source)
    own = _last(program, program.chips[index])
    if own is None or own.given is None or not own.whole:
        raise EditProblem("No line calls this layer on a tensor. Edit the program's text instead.")
    place = _place(program, own, [call.place for _, call in _others(program, index) if _is_alike(own, call)])
    return program.text.edited([inserted(program, place, _lines(program, name, shape, own.given))])


def _place(program: Program, own: Application, others: Collection[int]) -> int:
    """Return the statement after which what the layer is called on is still what it was."""
    given = set() if own.given is None else set(names.used_within(own.given, None))

    def is_kept(place: int) -> bool:
        return not given & set(names.bound(program.body[place]))

    if not is_kept(own.place):  # `x = bn(x)`
        return own.place - 1
    place = own.place
    for later in sorted(other for other in others if other > own.place):
        if not all(map(is_kept, range(place, later + 1))):
            break
        place = later
    return place


def _others(program: Program, index: int) -> list[tuple[Chip, Application]]:
    """Return the other layers that normalise, each with its last call."""
    others = [chip for chip in program.chips if chip.name in NAMES and chip.index != index]
    calls = [(chip, _last(program, chip)) for chip in others]
    return [(chip, call) for chip, call in calls if call is not None and call.whole and call.given is not None]


def _is_alike(own: Application, call: Application) -> bool:
    """Tell two calls on the same expression."""
    return own.given is not None and call.given is not None and ast.unparse(own.given) == ast.unparse(call.given)


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
