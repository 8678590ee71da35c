"""Small scenes for the stage, built by hand: no torch, no lens."""

from dataclasses import replace

import numpy as np

from explorer.scene import Buffer, BufferVersion, Cells, Failure, Frame, Grid, Run, Scene, Span, Strip
from explorer.scene.relations import Operand, Relation
from explorer.scene.tables import Table

SOURCE = "x = torch.arange(6)\ny = x.view(2, 3)\nz = y.t()"


def grid(number: int, expression: str, kind: str, shape: tuple[int, ...], stride: tuple[int, ...]) -> Grid:
    """Return a grid over the whole of storage A."""
    return Grid(
        id=number, label="xyz"[number], expression=expression, kind=kind, shape=shape, stride=stride, storage_offset=0,
        window=shape, buffer=0, cells=Cells(0, stride), strip="A", first_frame=number, dtype="int64", device="cpu",
        itemsize=8, bytes_new=48 if number == 0 else 0, contiguous=number != 2, requires_grad=False,
    )  # fmt: skip


def views() -> Scene:
    """Return three looks at one storage of six numbers."""
    grids = (
        grid(0, "torch.arange(6)", "create", (6,), (1,)),
        grid(1, "x.view(2, 3)", "view", (2, 3), (3, 1)),
        grid(2, "y.t()", "view", (3, 2), (1, 3)),
    )
    names = (("x", 0), ("y", 1), ("z", 2))
    frames = tuple(
        Frame(op, g.kind, f"{op} made {g.label}.", "", Span(i + 1, 4, i + 1, 4 + len(g.expression)), (i,),
              (i - 1,) if i else (), names[: i + 1])
        for i, (op, g) in enumerate(zip(("arange", "view", "t"), grids, strict=True))
    )  # fmt: skip
    buffer = Buffer(6, (BufferVersion(0, np.arange(6), Run(0)),))
    strip = Strip("A", 0, "int64", 8, 6, 48, "cpu", 0)
    return Scene("shapes", "Views", SOURCE, "", (buffer,), (strip,), grids, frames, 6)


def failed() -> Scene:
    """Return the views with a failure after them."""
    scene = views()
    failure = Failure(
        "RuntimeError", "sizes 2 and 3 disagree", "Try `z.t()`.", Span(3, 4, 3, 9), (1, 2), ((1, 0), (2, 0))
    )
    return Scene(**{**vars(scene), "error": failure, "notes": ("A note.",)})


def tensor(number: int, values: np.ndarray, frame: int, first_element: int) -> tuple[Buffer, Strip, Grid]:
    """Return a contiguous tensor with a storage of its own: its buffer, its strip and its grid."""
    flat = values.reshape(-1)
    stride = tuple(int(size) // values.itemsize for size in values.strides)
    letter = "ABCDEF"[number]
    dtype = values.dtype.name
    grid = Grid(
        id=number, label="abcdef"[number], expression=f"make({number})", kind="compute" if frame else "create",
        shape=values.shape, stride=stride, storage_offset=0, window=values.shape, buffer=number, cells=Cells(0, stride),
        strip=letter, first_frame=frame, dtype=dtype, device="cpu", itemsize=values.itemsize, bytes_new=values.nbytes,
        contiguous=True, requires_grad=False,
    )  # fmt: skip
    buffer = Buffer(flat.size, (BufferVersion(frame, flat, Run(first_element)),))
    return buffer, Strip(letter, number, dtype, values.itemsize, flat.size, values.nbytes, "cpu", frame), grid


def related(operands: tuple[np.ndarray, ...], result: np.ndarray, relation: Relation, **frame: object) -> Scene:
    """Return a scene of two steps: one makes all operands, the other the result, by a relation."""
    made, first = [], 0
    for number, values in enumerate((*operands, result)):
        made.append(tensor(number, values, int(number == len(operands)), first))
        first += values.size
    buffers, strips, grids = zip(*made, strict=True)
    count = len(operands)
    names = tuple((grid.label, grid.id) for grid in grids)
    frames = (
        Frame("make", "create", "Made them.", "", Span(1, 0, 1, 4), tuple(range(count)), (), names[:count]),
        Frame("go", "compute", "Combined them.", "", Span(2, 0, 2, 4), (count,), tuple(range(count)), names,
              relations=(0,), **frame),  # type: ignore[arg-type]
    )  # fmt: skip
    return Scene(
        "shapes", "Relation", "make\ncombine", "", buffers, strips, grids, frames, first, relations=(relation,)
    )


def gather() -> Scene:
    """Return `c = a.gather(0, b)`, element by element."""
    values, index = np.arange(6).reshape(3, 2) * 10, np.array([[2, 0], [1, 1]])
    relation = Relation(
        2, np.arange(5),
        (Operand(0, (index * 2 + np.arange(2)).reshape(-1)), Operand(1, np.arange(4), "index", ("i", "j"))),
        formula="c[i][j] = a[b[i][j]][j]", letters=("i", "j"),
    )  # fmt: skip
    return related((values, index), np.take_along_axis(values, index, 0), relation)


def product() -> Scene:
    """Return `c = a @ b` of a 2×3 and a 3×4 matrix, with an alignment table beside it."""
    a, b = np.arange(6.0, dtype=np.float32).reshape(2, 3), np.arange(12.0, dtype=np.float32).reshape(3, 4)
    i, j, k = (part.reshape(-1) for part in np.meshgrid(range(2), range(4), range(3), indexing="ij"))
    relation = Relation(
        2, np.arange(0, 25, 3), (Operand(0, i * 3 + k, axes=("i", "k")), Operand(1, k * 4 + j, axes=("k", "j"))),
        "sum", "·", "c[i, j] = Σₖ a[i, k] · b[k, j]", ("i", "j"), terms=a[i, k] * b[k, j],
    )  # fmt: skip
    table = Table(
        "Shapes of `a @ b`", ("", "rows", "columns"), (("`a`", "2", "3"), ("`b`", "3", "4")), ((0, 2), (1, 1)),
        "The inner pair agrees: `3`.", "warning", (("b.t()", "c = a @ b.t()"),),
    )  # fmt: skip
    return replace(related((a, b), a @ b, relation, tables=(0,)), tables=(table,))


def column_sums(rows: int = 3, columns: int = 4) -> Scene:
    """Return `b = a.sum(0)`."""
    a = np.arange(rows * columns, dtype=np.float32).reshape(rows, columns)
    cells = np.arange(rows * columns).reshape(rows, columns).T.reshape(-1)
    relation = Relation(
        1, np.arange(0, rows * columns + 1, rows), (Operand(0, cells, axes=("i", "j")),), "sum", "",
        "b[j] = Σᵢ a[i, j]", ("j",), dims=(0,),
    )  # fmt: skip
    return related((a,), a.sum(0), relation)


def broadcast() -> Scene:
    """Return `c = a + b` of a (3, 1) and a (4,) tensor; the axes of the first have names."""
    a, b = np.arange(3).reshape(3, 1) * 10, np.arange(4)
    cells = np.arange(12)
    relation = Relation(
        2, np.arange(13), (Operand(0, cells // 4), Operand(1, cells % 4)), "", "+",
        "c[i, j] = a[i, 0] + b[j]", ("i", "j"),
    )  # fmt: skip
    scene = related((a, b), a + b, relation, stretched=((0, (3, 4)), (1, (3, 4))))
    return replace(scene, grids=(replace(scene.grids[0], axes=("N", "C")), *scene.grids[1:]))


def unwritten() -> Scene:
    """Return the column sums, where two cells of `a` were never written."""
    scene = column_sums()
    version = replace(scene.buffers[0].versions[0], unwritten=np.array([1, 6]))
    return replace(scene, buffers=(replace(scene.buffers[0], versions=(version,)), *scene.buffers[1:]))


def roots() -> Scene:
    """Return `b = a.sqrt()` of 1 and 4."""
    a = np.array([1.0, 4.0], dtype=np.float32)
    relation = Relation(
        1, np.arange(3), (Operand(0, np.arange(2), axes=("i",)),), formula="b[i] = sqrt(a[i])", letters=("i",)
    )
    return related((a,), np.sqrt(a), relation)


def without_values() -> Scene:
    """Return the column sums on meta, where there are no numbers."""
    scene = column_sums()
    grids = tuple(replace(grid, device="meta") for grid in scene.grids)
    buffers = tuple(
        replace(buffer, versions=tuple(replace(version, values=None) for version in buffer.versions))
        for buffer in scene.buffers
    )
    return replace(scene, grids=grids, buffers=buffers)


def large_sums() -> Scene:
    """Return the sums of the columns of a 100×100 matrix."""
    return column_sums(100, 100)
