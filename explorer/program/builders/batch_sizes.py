r"""How many samples a program's batch has: one number of its text.

>>> set_batch_size("B = 8\nx = torch.randn(B, 3)\n", 4)
'B = 4\nx = torch.randn(B, 3)\n'
>>> set_batch_size("import torch\nx = torch.randn(8, 3)\n", 4)
'import torch\nx = torch.randn(4, 3)\n'
"""

from __future__ import annotations

import ast

from explorer.program.builders import chain
from explorer.program.builders.links import Chip, Program, read
from explorer.program.builders.problems import EditProblem
from explorer.program.builders.source import Edit
from explorer.program.builders.spreads import respread
from explorer.program.builders.weights import read_program

_NAMES = ("B", "N", "batch_size")
_SHAPES = ("shape", "size")


def batch_size(source: str) -> int | None:
    """Return the number of samples: `B = 8`, else the first size of the first tensor of two dimensions or more."""
    program = read(source)
    if program is None:
        return None
    named = _named(program)
    if named is not None:
        return int(ast.unparse(named))
    chip = _made(program)
    return None if chip is None else int(_sizes(chip)[0])


def set_batch_size(source: str, count: int) -> str:
    """Return the program with another number of samples.

    Raises:
        EditProblem: No number of the program says how many there are.
    """
    program = read_program(source)
    named, chip = _named(program), _made(program)
    if named is not None:
        return program.text.edited([Edit(program.text.start(named), program.text.end(named), str(count))])
    if chip is None:
        raise EditProblem("No number of this program says how many samples there are. Edit its text instead.")
    sizes = [str(count), *_sizes(chip)[1:]]
    changed = chain.set_fields(source, chip.index, chip.name, {_shape_of(chip): ", ".join(sizes)})
    return respread(changed, chip.index)


def _named(program: Program) -> ast.Constant | None:
    """Return the number in a line `B = 8`."""
    for node in program.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=int()) as number) if name in _NAMES:
                return number if number.value is not True and number.value is not False else None
    return None


def _made(program: Program) -> Chip | None:
    """Return the first tensor that is made with a number of samples that is written out."""
    chips = [chip for chip in program.chips if chip.role == "creation" and _shape_of(chip)]
    return next((chip for chip in chips if len(_sizes(chip)) > 1 and _sizes(chip)[0].isdigit()), None)


def _shape_of(chip: Chip) -> str:
    return next((name for name in _SHAPES if name in chip.fields), "")


def _sizes(chip: Chip) -> list[str]:
    return [size.strip() for size in chip.fields[_shape_of(chip)].split(",")]
