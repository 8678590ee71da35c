r"""Standardising the columns of a table as a line of the program.

>>> print(set_standardised("x = torch.tensor(data).float()\n", 0, "on").strip())
x = torch.tensor(data).float()
z = (x - x.mean(0)) / x.std(0)
"""

from __future__ import annotations

import ast

from explorer.program.builders import names
from explorer.program.builders.additions import check_unused, inserted
from explorer.program.builders.inputs import LAYOUTS, layout_of, with_layout
from explorer.program.builders.links import Program, Statement, read
from explorer.program.builders.problems import EditProblem
from explorer.program.builders.weights import read_program

TABLE = 2
"""Dimensions of a table: samples and features."""
_RESULTS = ("z", "standardised")


def is_standardised(source: str, index: int) -> bool:
    """Tell whether a line standardises the columns of what chip `index` makes."""
    program = read(source)
    return program is not None and _line(program, _statement(program, index)) is not None


def set_standardised(source: str, index: int, wanted: str) -> str:
    """Return the program in which the columns of a table are standardised, or are not.

    Args:
        source: The program.
        index: The chip that makes the table; whole numbers become float32, since those have no mean.
        wanted: `on` or `off`.

    Raises:
        EditProblem: The table has no name, or a later line needs the result.
    """
    program = read_program(source)
    statement = _statement(program, index)
    line = _line(program, statement)
    if (line is not None) == (wanted == "on"):
        return source
    if line is not None:
        removed = next(one for one in program.statements if one.node is line)
        check_unused(program, removed, removed.target)
        return program.text.edited([program.text.removal(program.body, removed.place)])
    if not statement.target:
        raise EditProblem("The table has no name. Give it one in the program's text: x = torch.tensor(data)")
    if layout_of(source, index, TABLE) == "as it is":
        return set_standardised(with_layout(source, index, LAYOUTS[TABLE]["a table, N × features"]), index, wanted)
    result = names.fresh(source, ast.parse(source), _RESULTS)
    text = f"{result} = {_expression(statement.target)}"
    return program.text.edited([inserted(program, statement.place, [text])])


def _statement(program: Program, index: int) -> Statement:
    return program.find(index)[0]


def _expression(name: str) -> str:
    return f"({name} - {name}.mean(0)) / {name}.std(0)"


def _line(program: Program, statement: Statement) -> ast.stmt | None:
    """Return the line that standardises what a statement makes."""
    for line in program.body[statement.place + 1 :]:
        if isinstance(line, ast.Assign) and ast.unparse(line.value) == _expression(statement.target):
            return line
    return None
