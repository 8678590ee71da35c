"""Two shapes written under each other, with the sizes that disagree marked."""

from __future__ import annotations

from collections.abc import Sequence

Shape = tuple[int, ...]


def broadcast_lines(names: tuple[str, str], shapes: tuple[Shape, Shape], bad: Sequence[tuple[int, int]]) -> str:
    """Write two shapes with their last sizes in line, and a mark under each pair that does not broadcast.

    Args:
        names: What to call the tensors.
        shapes: Their sizes.
        bad: (dimension of the first, dimension of the second) pairs that disagree.
    """
    rank = max(map(len, shapes))
    rows = [[""] * (rank - len(shape)) + [str(size) for size in shape] for shape in shapes]
    marks = {rank - len(shapes[0]) + first for first, _ in bad}
    return _lines(names, rows, marks)


def product_lines(names: tuple[str, str], shapes: tuple[Shape, Shape]) -> str:
    """Write two shapes of a matrix product so that the sizes that must be equal stand under each other."""
    left, right = shapes
    inner = max(len(right) - 2, 0)
    before = max(len(left) - 1 - inner, 0)
    shift = max(inner - (len(left) - 1), 0)
    rows = [[""] * shift + [str(size) for size in left], [""] * before + [str(size) for size in right]]
    width = max(map(len, rows))
    return _lines(names, [row + [""] * (width - len(row)) for row in rows], {shift + len(left) - 1})


def _lines(names: tuple[str, str], rows: list[list[str]], marks: set[int]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    longest = max(map(len, names))
    lines = []
    for name, row in zip(names, rows, strict=True):
        cells = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
        lines.append(f"{name.ljust(longest)}  {'  '.join(cells)}".rstrip())
    carets = [("^" * width if column in marks else " " * width) for column, width in enumerate(widths)]
    lines.append(f"{' ' * longest}  {'  '.join(carets)}".rstrip())
    return "\n".join(lines)
