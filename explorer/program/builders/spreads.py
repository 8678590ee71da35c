r"""Random numbers whose mean and scale differ from channel to channel, or from sample to sample.

>>> set_spread("x = torch.randn(2, 3, 4)\n", 0, "by sample")
'x = torch.randn(2, 3, 4) * torch.linspace(0.5, 2, 2).view(-1, 1, 1) + torch.linspace(-3, 3, 2).view(-1, 1, 1)\n'
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from explorer.program.builders.links import Chip, Program
from explorer.program.builders.problems import EditProblem
from explorer.program.builders.source import Edit
from explorer.program.builders.weights import read_program

SPREADS: Mapping[str, int] = {"by channel": 1, "by sample": 0}
"""What they are called, and the dimension along which mean and scale differ."""

EVEN = "the same everywhere"
_RANDOM = ("rand", "randn")
_SCALES, _MEANS = "0.5, 2", "-3, 3"
_TAIL = re.compile(
    r" \* torch\.linspace\([^,()]+, [^,()]+, \d+\)\.view\((?P<view>[-\d, ]+)\)"
    r" \+ torch\.linspace\([^,()]+, [^,()]+, \d+\)\.view\((?P=view)\)"
)
_COUNTS = re.compile(r"(torch\.linspace\([^,()]+, [^,()]+, )\d+\)")


def can_spread(chip: Chip) -> bool:
    """Tell whether a chip makes random numbers of a shape that is written out."""
    return chip.role == "creation" and chip.name in _RANDOM and bool(_shape(chip))


def spread_of(source: str, index: int) -> str:
    """Return one of SPREADS, `EVEN`, or "" where the program does something else with the numbers of a chip."""
    program = read_program(source)
    _, rest = _behind(program, index)
    found = _TAIL.match(rest)
    if found is None:
        return "" if rest.strip() else EVEN
    sizes = [size.strip() for size in found["view"].split(",")]
    return next((name for name, dim in SPREADS.items() if sizes == _view(len(sizes), dim)), "")


def set_spread(source: str, index: int, name: str) -> str:
    """Return the program whose random numbers have other means and scales.

    Args:
        source: The program.
        index: The chip that makes them.
        name: One of SPREADS, or `EVEN`.

    Raises:
        EditProblem: They have too few dimensions.
    """
    program = read_program(source)
    end, rest = _behind(program, index)
    found = _TAIL.match(rest)
    tail = "" if name == EVEN else _tail(_shape(program.chips[index]), SPREADS[name])
    return program.text.edited([Edit(end, end + (found.end() if found else 0), tail)])


def respread(source: str, index: int) -> str:
    """Return the program whose means and scales are as many as the sizes of a chip now say; their range stays."""
    program = read_program(source)
    end, rest = _behind(program, index)
    found, name = _TAIL.match(rest), spread_of(source, index)
    if found is None or not name:
        return source
    count = _shape(program.chips[index])[SPREADS[name]]
    tail = _COUNTS.sub(rf"\g<1>{count})", found[0])
    return program.text.edited([Edit(end, end + found.end(), tail)])


def _tail(shape: tuple[int, ...], dim: int) -> str:
    if dim >= len(shape):
        raise EditProblem(f"These numbers have no dimension {dim}: their shape is {shape}.")
    along = f"{shape[dim]}).view({', '.join(_view(len(shape), dim))})"
    return f" * torch.linspace({_SCALES}, {along} + torch.linspace({_MEANS}, {along}"


def _view(count: int, dim: int) -> list[str]:
    return ["-1" if place == dim else "1" for place in range(count)]


def _shape(chip: Chip) -> tuple[int, ...]:
    sizes = [size.strip() for size in chip.fields.get("shape", "").split(",")]
    return tuple(map(int, sizes)) if all(size.isdigit() for size in sizes) else ()


def _behind(program: Program, index: int) -> tuple[int, str]:
    """Return where a chip's call ends, and what follows on its line."""
    statement, place = program.find(index)
    end = program.text.end(statement.links[place].node)
    return end, program.text.source[end : program.text.line_end(end)]
