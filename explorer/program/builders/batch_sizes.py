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
# a loop through samples and features gives one sample after the other, no batches
_PLAIN = 2


def batch_size(source: str) -> int | None:
    """Return the number of samples: `B = 8`, else a size of the first tensor of two dimensions or more.

    That is its first size, but its second where a loop goes through the first, batch by batch.
    """
    program = read(source)
    if program is None:
        return None
    named = _named(program)
    if named is not None:
        return int(ast.unparse(named))
    chip = _made(program)
    return None if chip is None else int(_sizes(chip)[_samples(program, chip)])


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
    sizes = _sizes(chip)
    sizes[_samples(program, chip)] = str(count)
    changed = chain.set_fields(source, chip.index, chip.name, {_shape_of(chip): ", ".join(sizes)})
    return respread(changed, chip.index)


def _named(program: Program) -> ast.Constant | None:
    """Return the number in a line `B = 8`, or of `for batch in data.split(8)`."""
    for node in program.body:
        match node:
            case ast.For(iter=ast.Call(func=ast.Attribute(attr="split"), args=[ast.Constant(value=int()) as number])):
                return number
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=int()) as number) if name in _NAMES:
                return number if number.value is not True and number.value is not False else None
    return None


def _made(program: Program) -> Chip | None:
    """Return the first tensor that is made with a number of samples that is written out."""
    chips = [chip for chip in program.chips if chip.role == "creation" and _shape_of(chip)]
    return next(
        (chip for chip in chips if len(_sizes(chip)) > 1 and _sizes(chip)[_samples(program, chip)].isdigit()), None
    )


def _samples(program: Program, chip: Chip) -> int:
    """Return which dimension of a tensor counts samples: 1 where a loop goes through batches, `for batch in data`."""
    target = program.find(chip.index)[0].target
    loops = (node for node in program.body if isinstance(node, ast.For))
    walked = any(_walked(loop.iter) == target for loop in loops)
    return 1 if target and walked and len(_sizes(chip)) > _PLAIN else 0


def _walked(node: ast.expr) -> str:
    """Return the name of what a loop goes through: `data`, `enumerate(data)`; "" of anything else."""
    match node:
        case ast.Name(id=name) | ast.Call(func=ast.Name(id="enumerate"), args=[ast.Name(id=name), *_]):
            return name
    return ""


def _shape_of(chip: Chip) -> str:
    return next((name for name in _SHAPES if name in chip.fields), "")


def _sizes(chip: Chip) -> list[str]:
    return [size.strip() for size in chip.fields[_shape_of(chip)].split(",")]
