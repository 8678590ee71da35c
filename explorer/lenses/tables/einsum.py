"""einsum: which letter stands on which dimension, which ones are summed, and the same written with matmul."""

from __future__ import annotations

import ast
import math
from collections.abc import Sequence

import torch

from explorer.lenses.einsum import Equation, parse
from explorer.lenses.tables.equations import program
from explorer.lenses.tables.operation import Operation
from explorer.lenses.tables.words import count_text, dims_text, list_text, shape_text
from explorer.scene.tables import Table

# Names that the written program gives to values of its own.
_TAKEN = frozenset({"left", "right", "part", "out"})
_PLACEHOLDERS = ("first", "second", "third", "fourth", "fifth", "sixth")
_MOST_OPERANDS = len(_PLACEHOLDERS)


def einsum(operation: Operation) -> tuple[Table, ...]:
    """Return the tables of an einsum: its letters, and a program of permute, reshape and matmul that does the same."""
    text = operation.argument(0, "equation")
    count = len(operation.inputs)
    if operation.op != "einsum" or not isinstance(text, str) or not 0 < count <= _MOST_OPERANDS:
        return ()
    equation = parse(text, [state.shape for state in operation.inputs])
    if equation is None:
        return ()
    names = [operation.name(number) for number in range(count)]
    letters = _letters(equation, names)
    if operation.error is not None:
        return (letters,) if letters.tone == "error" else ()
    written = _written(operation, equation)
    return (letters,) if written is None else (letters, written)


def _letters(equation: Equation, names: Sequence[str]) -> Table:
    rows, marks = [], []
    for row, letter in enumerate(equation.letters):
        size = equation.size(letter)
        said = list_text(size for size in equation.sizes(letter) if size != 1) if size is None else str(size)
        place = f"dim {equation.output.index(letter)}" if letter in equation.output else "summed"
        rows.append((f"`{letter}`", *(_places(term, letter) for term in equation.terms), said, place))
        if size is None:
            marks.append((row, 1 + len(names)))
        elif place == "summed":
            marks.append((row, 2 + len(names)))
    bad = [letter for letter in equation.letters if equation.size(letter) is None]
    header = ("letter", *names, "size", "result")
    tone, note = ("error", _misfit(equation, bad, names)) if bad else ("plain", _summed(equation))
    return Table(
        "Letters on the axes",
        header,
        tuple(rows),
        tuple(mark for mark in marks if not bad or mark[1] == 1 + len(names)),
        note,
        "error" if tone == "error" else "plain",
    )


def _places(term: Sequence[str], letter: str) -> str:
    dims = [dim for dim, one in enumerate(term) if one == letter]
    if not dims:
        return "–"
    return dims_text(dims) + (": diagonal" if len(dims) > 1 else "")


def _misfit(equation: Equation, bad: Sequence[str], names: Sequence[str]) -> str:
    sentences = []
    for letter in bad:
        told = [
            f"{shape[dim]} in {name}"
            for name, term, shape in zip(names, equation.terms, equation.shapes, strict=True)
            for dim, one in enumerate(term)
            if one == letter
        ]
        sentences.append(f"`{letter}` is {list_text(told)}: one letter has one size.")
    return " ".join(sentences)


def _summed(equation: Equation) -> str:
    results = math.prod(equation.size(letter) or 0 for letter in equation.output)
    shape = shape_text(equation.size(letter) or 0 for letter in equation.output)
    if not equation.summed:
        return f"The result has shape {shape}. Every letter stays, so nothing is summed."
    terms = math.prod(equation.size(letter) or 0 for letter in equation.summed)
    gone = list_text(f"`{letter}`" for letter in equation.summed)
    return (
        f"The result lacks {gone}: each of its {count_text(results, 'element')} is a sum of "
        f"{count_text(terms, 'term')}. It has shape {shape}."
    )


def _written(operation: Operation, equation: Equation) -> Table | None:
    dtypes = {state.dtype for state in operation.inputs}
    if len(dtypes) > 1 or not _keeps_sums(next(iter(dtypes))):
        return None
    names = _code_names(operation)
    lines = program(equation, names)
    if lines is None:
        return None
    rows = tuple((f"`{line.code}`", shape_text(line.shape)) for line in lines)
    given = [
        f"`{name}` is {operation.name(number)}"
        for number, name in enumerate(names)
        if operation.name(number) != f"`{name}`"
    ]
    note = f"{list_text(given)}." if given else ""
    return Table(
        "The same with permute, reshape and matmul", ("program", "shape"), rows, (), note[:1].upper() + note[1:]
    )


def _keeps_sums(dtype: torch.dtype) -> bool:
    """Tell whether `sum` keeps this dtype, as einsum does; it turns smaller integers to int64."""
    return dtype.is_floating_point or dtype.is_complex or dtype == torch.int64


def _code_names(operation: Operation) -> list[str]:
    """Return names for the operands in a program: their own where all of them can be used, else places in words."""
    names = [node.id for node in operation.operands if isinstance(node, ast.Name)]
    if len(names) == len(operation.inputs) and not _TAKEN & set(names):
        return names
    return list(_PLACEHOLDERS[: len(operation.inputs)])
