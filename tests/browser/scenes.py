"""Small scenes for the stage, built by hand: no torch, no lens."""

import numpy as np

from explorer.scene.model import Buffer, BufferVersion, Cells, Failure, Frame, Grid, Run, Scene, Span, Strip

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
