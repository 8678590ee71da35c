r"""Uploaded tables of numbers as text: what stands between the cells is found, and a wrong cell is told by its place.

>>> read_table(b"height;width\n1;2\n3;4").tolist()
[[1, 2], [3, 4]]
"""

from __future__ import annotations

import csv
import re

import numpy as np

from explorer.program.builders.arrays import Array, UploadProblem

_MISSING = frozenset({"na", "n/a", "null", "none", "-", "?"})


def read_table(payload: bytes, *, tabs: bool = False) -> Array:
    """Return the numbers of a file as int64 or float64 (rows, columns); a first line of names is left out.

    Args:
        payload: The file.
        tabs: Whether cells stand between tabs; else the first line tells.

    Raises:
        UploadProblem: It is no text, or no table, or a cell is no number.
    """
    try:
        text = payload.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UploadProblem("it is not text in UTF-8. Save it again with this encoding.") from None
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    lines = [(number, line) for number, line in lines if not line.lstrip().startswith("#")]
    if not lines:
        raise UploadProblem("there are no numbers in it.")
    delimiter = "\t" if tabs else _delimiter(lines[0][1])
    try:
        rows = [(number, _cells(line, delimiter)) for number, line in lines]
    except csv.Error:
        raise UploadProblem("it is not a table of numbers.") from None
    if len(rows) > 1 and not any(_is_number(cell) for cell in rows[0][1]):
        del rows[0]
    _check_cells(rows)
    cells = [cell for _, row in rows for cell in row]
    shape = (len(rows), len(rows[0][1]))
    whole = all(re.fullmatch(r"[+-]?\d{1,18}", cell) for cell in cells)
    values = [int(cell) if whole else float(cell) for cell in cells]
    return np.array(values, np.int64 if whole else np.float64).reshape(shape)


def _delimiter(line: str) -> str:
    return next((mark for mark in "\t;," if mark in line), " ")


def _cells(line: str, delimiter: str) -> list[str]:
    if delimiter == " ":
        return line.split()
    return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter))]


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell


def _counted(count: int) -> str:
    return f"{count} cell{'' if count == 1 else 's'}"


def _check_cells(rows: list[tuple[int, list[str]]]) -> None:
    first_line, first = rows[0]
    alone = len(rows) == 1 and not any(map(_is_number, first))
    for line, row in rows:
        if len(row) != len(first):
            raise UploadProblem(
                f"line {line} has {_counted(len(row))}, but line {first_line} has {len(first)}. "
                "All need the same number."
            )
        for column, cell in enumerate(row, 1):
            if not _is_number(cell):
                raise UploadProblem(f"line {line}, column {column}: {_wrong(cell, alone=alone)}")


def _wrong(cell: str, *, alone: bool) -> str:
    """Return why a cell is no number, and what to do about it.

    Args:
        cell: Its text.
        alone: Whether the file has one line only, without a number.
    """
    if not cell:
        return "the cell is empty. Write a number there, or nan where none is known."
    said = f"'{cell[:40]}' is not a number."
    if cell.lower() in _MISSING:
        return f"{said} Write nan where none is known."
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", cell):
        return f"{said} Write it without commas."
    if re.fullmatch(r"[+-]?\d+,\d*", cell):
        return f"{said} Write a decimal point: '{cell.replace(',', '.')}'."
    if re.fullmatch(r"[^|]*\d\|[^|].*", cell):
        return f"{said} Separate the cells by commas, semicolons, tabs or spaces."
    if alone:
        return f"{said} The file has no line but this one: there are names of columns, and nothing below them."
    return f"{said} A table of numbers is needed: take columns of text out, or write numbers for them."
