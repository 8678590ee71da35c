r"""Numbers that a recurrent layer goes through, as they are typed: one series, or several of them after semicolons.

>>> program = "import torch\nfrom torch import nn\nx = torch.tensor([1, 2]).float().view(-1, 1, 1)\n"
>>> program += "gru = nn.GRU(1, 6)\noutput, h_n = gru(x)\n"
>>> set_numbers(program, "gru", "1 2 3; 4 5 6").splitlines()[2]
'x = torch.tensor([[1, 2, 3], [4, 5, 6]]).float().T[..., None]'
"""

from __future__ import annotations

import ast

from explorer.program.builders import values
from explorer.program.builders.feeders import feeders
from explorer.program.builders.links import read
from explorer.program.builders.problems import ArgumentProblem, EditProblem
from explorer.program.builders.recurrent_calls import same_input
from explorer.program.builders.sequence_parts import is_real, numbers_in, set_list
from explorer.program.builders.sequences import FEATURES, ITEMS, set_series
from explorer.program.builders.weights import read_program

_ADVICE = "Type numbers, for example 0 1 0 0 1; a semicolon begins another series."
_PAD = "Fill the shorter ones up with 0; the field lengths, where there is one, then says how long each was."


def set_numbers(source: str, path: str, typed: str) -> str:
    """Return the program with other numbers.

    Raises:
        ArgumentProblem: They are none, no rows, or rows of different lengths.
        EditProblem: No line of the program lists numbers, or several do.
    """
    rows = _rows(typed)
    listed = _lists(source, path)
    nested = bool(listed) and isinstance(listed[0].elts[0], ast.List)
    same = nested == (len(rows) > 1) and not (nested and _outgrown(source, path, len(rows)))
    # rows of other lines than the page's are a table that they take as it is
    if same or (nested and not meaning_of(source, path)):
        return set_list(source, path, _as_floats(source, path, f"[{', '.join(rows)}]" if nested else rows[0]))
    if len(listed) != 1:
        raise EditProblem("What the layer goes through is made of several lists. Edit the program's text instead.")
    return set_series(source, path, rows, meaning_of(source, path) or _wanted(source, path, len(rows)))


def meaning_of(source: str, path: str) -> str:
    """Return what several series are, one of SERIES_MEAN; "" for one, and for other lines than the page writes."""
    program = read(source)
    if program is None or not path:
        return ""
    for line in (program.body[place] for place in feeders(program, path)):
        found = numbers_in(line)
        if found is not None and isinstance(line, ast.Assign) and isinstance(found.elts[0], ast.List):
            tail = ast.unparse(line.value).removeprefix(f"torch.tensor({ast.unparse(found)})")
            return {".float().T": FEATURES, ".float().T[..., None]": ITEMS, ".float()[..., None]": ITEMS}.get(tail, "")
    return ""


def set_meaning(source: str, path: str, meaning: str) -> str:
    """Return the program whose several series are something else.

    Raises:
        EditProblem: It has none.
    """
    listed = _lists(source, path)
    if not listed or not meaning_of(source, path):
        raise EditProblem("The program no longer has several series. Edit its text instead.")
    return set_series(source, path, [ast.unparse(row) for row in listed[0].elts], meaning)


def _rows(typed: str) -> list[str]:
    """Return what was typed as lists, one for each series."""
    try:
        written = values.nested_list(typed, _ADVICE)
    except ArgumentProblem as problem:
        if problem.message.endswith(values.RAGGED):
            raise ArgumentProblem(f"{problem.message} {_PAD}") from None
        raise
    node = ast.parse(written, mode="eval").body
    whole = node if isinstance(node, ast.List) else ast.List([node], ast.Load())
    rows = [item for item in whole.elts if isinstance(item, ast.List)] or [whole]
    if any(isinstance(item, ast.List) for row in rows for item in row.elts):
        raise ArgumentProblem(f"There are lists within the rows. {_ADVICE}")
    if not all(row.elts for row in rows):
        raise ArgumentProblem(f"There is no number. {_ADVICE}")
    for item in (item for row in rows for item in row.elts):
        if not is_real(item):
            raise ArgumentProblem(f"{ast.unparse(item)} is a complex number: a recurrent layer takes none. {_ADVICE}")
    return [ast.unparse(row) for row in rows]


def _lists(source: str, path: str) -> list[ast.List]:
    program = read_program(source)
    found = (numbers_in(program.body[place]) for place in feeders(program, path))
    return [listed for listed in found if listed is not None]


def _as_floats(source: str, path: str, written: str) -> str:
    """Return a list whose tensor has floats where those that it replaces made one and no `.float()` follows."""
    program, new = read_program(source), ast.parse(written, mode="eval").body
    lines = [line for place in feeders(program, path) if numbers_in(line := program.body[place]) is not None]
    had = lines and ".float()" not in ast.unparse(lines[0]) and _has_floats(lines[0])
    whole = next((node for node in ast.walk(new) if isinstance(node, ast.Constant)), None)
    if had and whole is not None and isinstance(whole.value, int) and not _has_floats(new):
        whole.value = float(whole.value)
        return ast.unparse(new)
    return written


def _has_floats(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Constant) and isinstance(part.value, float | str) for part in ast.walk(node))


def _outgrown(source: str, path: str, rows: int) -> bool:
    """Tell whether there are other features than before: the layer's input_size follows."""
    return meaning_of(source, path) == FEATURES and len(_lists(source, path)[0].elts) != rows


def _wanted(source: str, path: str, rows: int) -> str:
    """Return what several series are where only one was before: what the layer takes now."""
    sizes = [chip.fields["input_size"] for chip, _ in same_input(read_program(source), path) if chip.path == path]
    return FEATURES if sizes == [str(rows)] else ITEMS
