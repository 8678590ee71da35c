"""The Scene: frozen data that a lens makes and the stage draws.

Grids and storage strips do not hold values: they say how to read them from a *buffer* (an offset and one
stride a dimension, as torch does), so ten views of one storage cost the bytes of one. A buffer has a version
for each time something was written into it. Every stored value has an *element number*: copies carry the
numbers of the elements that they copied, so "the same element, everywhere" is a comparison of integers.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from explorer.scene.charts import Chart
from explorer.scene.columns import Columnar
from explorer.scene.graphs import Graph, Plate
from explorer.scene.norms import Norms
from explorer.scene.recurrent import Recurrent
from explorer.scene.relations import Array, Relation
from explorer.scene.spans import Span
from explorer.scene.tables import Table
from explorer.scene.windows import Layers
from explorer.swift import swift


@swift
@dataclass(frozen=True)
class Run:
    """Element numbers `first, first + 1, …`: what a freshly computed buffer has."""

    first: int


@swift
@swift
@dataclass(frozen=True)
class BufferVersion:
    """What a buffer holds from a frame on, until the next version.

    Attributes:
        frame: Index of the first frame that sees these values.
        values: 1-d array, or None on `meta`, where no values exist.
        elements: Element number of each value: a Run, or a 1-d integer array as long as the buffer.
        unwritten: Positions in the buffer, rising, whose value is no fact: memory that nothing was written to, or
            computed from such memory; None when there are none.
    """

    frame: int
    values: Array | None
    elements: Run | Array
    unwritten: Array | None = None


@swift
@dataclass(frozen=True)
class Buffer:
    """A flat run of values (a whole storage, or a window of a large one) through time."""

    length: int
    versions: tuple[BufferVersion, ...]


@swift
@dataclass(frozen=True)
class Cells:
    """How the cells of a grid's window lie in its buffer: `offset + Σ index[d] * stride[d]`."""

    offset: int
    stride: tuple[int, ...]


@dataclass(frozen=True)
class Strip:
    """One storage, drawn as memory.

    Attributes:
        id: Letter of the storage (`A`, `B`, …, `Z`, `AA`).
        buffer: Index of its buffer; the buffer's length is the number of cells that can be shown.
        dtype: How its cells are read, as torch prints it without `torch.` (`float32`).
        itemsize: Bytes of a cell.
        length: Elements in the whole storage.
        nbytes: Bytes of the whole storage.
        device: As torch prints it (`cpu`, `cuda:0`, `meta`).
        first_frame: Frame in which it is allocated.
    """

    id: str
    buffer: int
    dtype: str
    itemsize: int
    length: int
    nbytes: int
    device: str
    first_frame: int


@swift
@dataclass(frozen=True)
class Grid(Columnar):
    """One tensor, drawn as cells.

    Attributes:
        id: Its index in `Scene.grids`.
        label: The name that it was first bound to, or "" for an unnamed intermediate result.
        expression: The text that made it (`a.t()`).
        kind: `create`, `view`, `copy`, `compute`, `reduce`, … of the step that made it.
        shape: Sizes.
        stride: Strides, in elements.
        storage_offset: In elements.
        window: How many indices of each dimension are shown, from 0; equal to `shape` when all of it is.
        buffer: Index of the buffer that its cells are read from.
        cells: How to read them.
        strip: Id of its storage.
        first_frame: Frame in which it appears.
        dtype: As torch prints it without `torch.`.
        device: As torch prints it.
        itemsize: Bytes of an element.
        bytes_new: Bytes newly allocated for it; 0 for a view.
        contiguous: Whether torch calls it contiguous.
        requires_grad: Whether autograd tracks it.
        complete_links: False when the elements of a copy could not be followed to their source (too many).
        axes: Names of its dimensions (`N`, `C`, `H`, `W`), "" where not known; () when none is.
        first: Index at which the window begins, in each dimension; () when it begins at 0 in all.
    """

    id: int
    label: str
    expression: str
    kind: str
    shape: tuple[int, ...]
    stride: tuple[int, ...]
    storage_offset: int
    window: tuple[int, ...]
    buffer: int
    cells: Cells
    strip: str
    first_frame: int
    dtype: str
    device: str
    itemsize: int
    bytes_new: int
    contiguous: bool
    requires_grad: bool
    complete_links: bool = True
    axes: tuple[str, ...] = ()
    first: tuple[int, ...] = ()


@swift
@dataclass(frozen=True)
class Frame(Columnar):
    """One stop of the timeline: the state after one step.

    Attributes:
        op: Name of the operation (`t`).
        kind: Its kind, as in `Step.kind`, or `error` for the step that failed.
        sentence: What happened, in one sentence with the numbers of this case.
        why: Why it matters, or "".
        span: The calling expression.
        results: Ids of the grids that the step made, or wrote into.
        inputs: Ids of the grids that it took.
        names: (name, grid id) of all names bound to tensors after the step, in the order of binding.
        callers: The calls on the way to it, outermost first, when it happened inside functions.
        where: The functions and the passes of loops that it stood in, in words, or "".
        details: What the library called for it, a line each.
        printed: Where in the scene's output stands what was printed after it: first character, and one past the last.
        relations: Numbers of the relations that say how its results were made.
        tables: Numbers of the tables that are shown beside it.
        stretched: (grid id, shape) of inputs that are read as if they had this larger shape, by broadcasting.
        phase: The stretch of the timeline that it belongs to (`forward`, `backward`, `second backward`), or "".
        node: Number of the graph's node that it is about, or -1.
        plates: What the inspector shows, in order.
        rule: What the node computes, in a line (`∂(u · v)/∂u = v`), or "".
    """

    op: str
    kind: str
    sentence: str
    why: str
    span: Span | None
    results: tuple[int, ...]
    inputs: tuple[int, ...]
    names: tuple[tuple[str, int], ...]
    callers: tuple[Span, ...] = ()
    where: str = ""
    details: tuple[str, ...] = ()
    printed: tuple[int, int] = (0, 0)
    relations: tuple[int, ...] = ()
    tables: tuple[int, ...] = ()
    stretched: tuple[tuple[int, tuple[int, ...]], ...] = ()
    phase: str = ""
    node: int = -1
    plates: tuple[Plate, ...] = ()
    rule: str = ""


@dataclass(frozen=True)
class Failure:
    """Why the program stopped.

    Attributes:
        kind: Exception class name, or `policy`, `syntax`, `limit`, `stopped` by somebody, `internal`.
        message: What is wrong, with the numbers of this case.
        hint: What to try.
        span: Where in the program's text.
        operands: Ids of the grids that the failing call took.
        dimensions: (grid id, dimension) pairs that disagree.
        fixes: (label, whole program after the change) of each change that would mend it.
        alignment: Lines in type of equal width, such as two shapes under each other, or "".
    """

    kind: str
    message: str
    hint: str
    span: Span
    operands: tuple[int, ...] = ()
    dimensions: tuple[tuple[int, int], ...] = ()
    fixes: tuple[tuple[str, str], ...] = ()
    alignment: str = ""


@dataclass(frozen=True)
class Scene:
    """All that the stage needs to draw one program through one lens, from its first frame to its last.

    Attributes:
        lens: Name of the lens.
        title: Heading for a page of its own.
        source: The program's text.
        output: All that it printed.
        buffers, strips, grids, frames, relations, tables: See their classes.
        element_count: Element numbers run from 0 to this, exclusive.
        error: Why the program stopped, or None.
        notes: Sentences about what was left out and why.
        graph: The autograd graph, where the lens draws one.
        charts: Curves and bars that belong to the program as a whole.
        opens_on: The frame to open on, or -1 for the last.
        layers: The network that the program runs, and its open layer, where the lens draws one.
        norms: The layers that normalise, where the lens draws them.
        recurrent: The recurrent layers, where the lens draws them.
    """

    lens: str
    title: str
    source: str
    output: str
    buffers: tuple[Buffer, ...] = ()
    strips: tuple[Strip, ...] = ()
    grids: tuple[Grid, ...] = ()
    frames: tuple[Frame, ...] = ()
    element_count: int = 0
    error: Failure | None = None
    notes: tuple[str, ...] = field(default=())
    relations: tuple[Relation, ...] = ()
    tables: tuple[Table, ...] = ()
    graph: Graph | None = None
    charts: tuple[Chart, ...] = ()
    opens_on: int = -1
    layers: Layers | None = None
    norms: Norms | None = None
    recurrent: Recurrent | None = None

    def encode(self) -> bytes:
        """Return the scene as the bytes that the stage reads (see `explorer.scene.encoding`)."""
        from explorer.scene.encoding import encode  # noqa: PLC0415 - it imports this module

        return encode(self)

    def to_html(self) -> str:
        """Return one self-contained HTML file with the same interactions; it needs no network."""
        from explorer.scene.standalone import to_html  # noqa: PLC0415 - it imports this module

        return to_html(self)
