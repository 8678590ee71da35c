"""Scenes with a graph, built by hand: no torch, no lens."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from explorer.scene import Buffer, BufferVersion, Cells, Failure, Frame, Grid, Run, Scene, Span, Table
from explorer.scene.charts import Chart, Series
from explorer.scene.graphs import Graph, GraphEdge, GraphNode, Plate, TensorFacts
from explorer.scene.relations import Operand, Relation

SOURCE = """\
x = torch.ones(2, 2, requires_grad=True)
y = x + 2
z = y * 3
out = z.mean()
out.backward()
print(x.grad)"""
MADE = (Span(1, 4, 1, 40), Span(2, 4, 2, 9), Span(3, 4, 3, 9), Span(4, 6, 4, 14))
BACKWARD = Span(5, 0, 5, 14)
OPENS_ON = 5

Values = npt.NDArray[np.float32]


@dataclass
class Builder:
    """Collects grids over buffers of their own."""

    grids: list[Grid] = field(default_factory=list)
    buffers: list[Buffer] = field(default_factory=list)
    elements: int = 0

    def add(self, label: str, values: Values, frame: int) -> int:
        """Add a tensor that appears in a frame; its grid's id."""
        number = len(self.grids)
        stride = tuple(int(step) // values.itemsize for step in values.strides)
        made = Grid(
            id=number, label=label, expression="", kind="compute", shape=values.shape, stride=stride, storage_offset=0,
            window=values.shape, buffer=number, cells=Cells(0, stride), strip="", first_frame=frame, dtype="float32",
            device="cpu", itemsize=4, bytes_new=values.nbytes, contiguous=True, requires_grad=True,
        )  # fmt: skip
        self.grids.append(made)
        self.buffers.append(Buffer(values.size, (BufferVersion(frame, values.reshape(-1), Run(self.elements)),)))
        self.elements += values.size
        return number


def full(value: float, shape: tuple[int, ...] = (2, 2)) -> Values:
    """Return one value in every place."""
    return np.full(shape, value, dtype=np.float32)


def flow(caption: str, grid: int) -> Plate:
    """Return a plate with a gradient."""
    return Plate(caption, grid, role="gradient")


def chain(*, slope: float, upstream: int, downstream: int, spread: bool = False) -> Relation:
    """Return how a gradient of four cells comes from one of four cells, or of one cell when it is spread."""
    return Relation(
        downstream, np.arange(5), (Operand(upstream, np.zeros(4, int) if spread else np.arange(4)),), "sum", "·",
        letters=("i", "j"), derivatives=np.full(4, slope), terms=np.full(4, 0.25 if spread else 0.25 * slope),
    )  # fmt: skip


def mean() -> Scene:
    """Return `out = (x + 2) * 3` averaged, forward and backward; it opens on the first node that backward ran."""
    made = Builder()
    x, y, z = (made.add(name, full(value), frame) for frame, (name, value) in enumerate((("x", 1), ("y", 3), ("z", 9))))
    out = made.add("out", full(9, ()), 3)
    root = made.add("∂out/∂out", full(1, ()), 5)
    to_z, to_y = made.add("∂out/∂z", full(0.25), 5), made.add("∂out/∂y", full(0.75), 6)
    grad = made.add("x.grad", full(0.75), 8)
    names = (("x", x), ("y", y), ("z", z), ("out", out))
    forward = tuple(
        Frame(op, kind, f"`{label}` is made.", "Why it matters.", MADE[i], (i,), (i - 1,) if i else (), names[: i + 1],
              phase="forward", node=i, plates=tuple(Plate(made.grids[k].label, k) for k in ((i - 1, i) if i else (i,))))
        for i, (op, kind, label) in enumerate(
            (("ones", "create", "x"), ("add", "compute", "y"), ("mul", "compute", "z"), ("mean", "reduce", "out"))
        )
    )  # fmt: skip
    start = "`backward()` starts at `out`."
    call = Frame("backward", "backward", start, "", BACKWARD, (), (out,), names, phase="forward")
    saved = Plate("saved: other", text="3 (0 B)", role="saved")
    waiting = Plate("x.grad so far", text="None: AccumulateGrad has not run", role="gradient")
    through = (flow("gradient in", to_y), flow("gradient out", to_y))
    runs = (
        (3, "MeanBackward0", (flow("gradient in", root), flow("gradient out", to_z)), "∂mean(u)/∂u = 1/4", (0,)),
        (
            2,
            "MulBackward0",
            (flow("gradient in", to_z), saved, flow("gradient out", to_y), waiting),
            "∂(u · 3)/∂u = 3",
            (1,),
        ),
        (1, "AddBackward0", through, "∂(u + 2)/∂u = 1", ()),
        (0, "AccumulateGrad", (flow("gradient in", to_y), flow("x.grad so far", grad)), "", ()),
    )
    backward = tuple(
        Frame(name, "backward", f"`{name}` ran.", "", BACKWARD, (), (), names, phase="backward", node=node,
              plates=plates, rule=rule, relations=relations)
        for node, name, plates, rule, relations in runs
    )  # fmt: skip
    relations = (
        chain(slope=0.25, upstream=root, downstream=to_z, spread=True),
        chain(slope=3, upstream=to_z, downstream=to_y),
    )
    return Scene(
        "autograd", "Mean", SOURCE, "tensor([[0.7500, 0.7500],\n        [0.7500, 0.7500]])\n", tuple(made.buffers), (),
        tuple(made.grids), (*forward, call, *backward), made.elements, relations=relations,
        graph=graph(x, y, z, out, grad), opens_on=OPENS_ON,
    )  # fmt: skip


def graph(x: int, y: int, z: int, out: int, grad: int) -> Graph:
    """Return the graph of `mean`, whose tensors have these grids."""

    def facts(value: int, frame: int, *, leaf: bool) -> tuple[TensorFacts, ...]:
        kept = (("requires_grad", "True"), ("is_leaf", str(leaf)), ("version", "0"))
        why = "`backward` has not run yet" if leaf else "it is not a leaf, and was not retained"
        first = TensorFacts(frame, kept, value, -1, why)
        return (first, TensorFacts(8, kept, value, grad)) if leaf else (first,)

    nodes = (
        GraphNode("AccumulateGrad", "x", "leaf", "(2, 2)", ("x",), MADE[0], -1, 0, (8,), states=facts(x, 0, leaf=True)),
        GraphNode("AddBackward0", "x + 2", shape="(2, 2)", names=("y",), span=MADE[1], first_frame=1, runs=(7,),
                  states=facts(y, 1, leaf=False)),
        GraphNode("MulBackward0", "y * 3", shape="(2, 2)", names=("z",), span=MADE[2], first_frame=2, runs=(6,),
                  states=facts(z, 2, leaf=False)),
        GraphNode("MeanBackward0", "z.mean()", shape="()", names=("out",), span=MADE[3], first_frame=3, runs=(5,),
                  states=facts(out, 3, leaf=False)),
    )  # fmt: skip
    edges = tuple(GraphEdge(i, i + 1, first_frame=i + 1, flows=((7 - i, "0.75 ×4"),)) for i in range(3))
    return Graph(nodes, edges)


def failed() -> Scene:
    """Return the mean, where the program then stopped."""
    said = "`backward` ran through this graph already."
    fixes = (("retain_graph=True", "mended"),)
    failure = Failure("RuntimeError", said, "Keep the graph.", BACKWARD, fixes=fixes)
    return replace(mean(), error=failure)


def checked() -> Scene:
    """Return the mean with a table of many columns at its last step, which a switch asked for."""
    header = ("leaf", "largest difference", "at", "the engine's", "finite difference", "in double precision")
    rows = (("first.weight", "7.0e-10", "[0, 0]", "0.75", "0.7500001", "—"), ("x", "3", "[1, 1]", "0.75", "3.75", "—"))
    table = Table("Compared", header, rows, ((1, 1),), "`x` differs.", "warning")
    scene = mean()
    *before, last = scene.frames
    return replace(scene, frames=(*before, replace(last, tables=(0,))), tables=(table,))


def even() -> Scene:
    """Return the mean, where `x` has too many cells for numbers, and one value in all of them."""
    return crowded(full(2, (3600,)))


def crowded(cells: Values | None = None) -> Scene:
    """Return the mean, where `x` has too many cells for numbers: 0 to 3,599, or these."""
    scene = mean()
    values = np.arange(3600, dtype=np.float32) if cells is None else cells
    grid = replace(scene.grids[0], shape=(60, 60), window=(60, 60), stride=(60, 1), cells=Cells(0, (60, 1)))
    buffer = Buffer(3600, (BufferVersion(0, values, Run(scene.element_count)),))
    return replace(
        scene, grids=(grid, *scene.grids[1:]), buffers=(buffer, *scene.buffers[1:]),
        element_count=scene.element_count + 3600,
    )  # fmt: skip


def wide() -> Scene:
    """Return the mean with a last line that is too long for its column."""
    return replace(mean(), source=f"{SOURCE}\n{'_'.join(('a_name', 'made_of_many_words', *'abcdefgh' * 5))} = x")


def kept() -> Scene:
    """Return the mean with a table at the second node that backward runs."""
    scene = mean()
    table = Table("Saved for backward", ("saved", "bytes"), (("`other`", "4"), ("`self`", "16")))
    frames = (replace(frame, tables=(0,)) if i == 6 else frame for i, frame in enumerate(scene.frames))
    return replace(scene, frames=tuple(frames), tables=(table,))


def narrow() -> Scene:
    """Return the mean with a word that is wider than a telephone, and a phase that is narrower than its name."""
    scene = mean()
    word = "optimizer.zero_grad(set_to_none=False,more_of_it=True)"
    frames = (replace(frame, sentence=f"{word} is it.") for frame in scene.frames)
    return replace(
        scene,
        frames=tuple(
            replace(one, phase="ninth backward") if i == len(scene.frames) - 1 else one for i, one in enumerate(frames)
        ),
    )


def charted() -> Scene:
    """Return the mean with a chart."""
    bars = Chart("Gradient norms", "bars", ("x", "w"), (Series("norm", np.array([1.5, np.nan])),), "parameter", "norm")
    return replace(mean(), charts=(bars,))


def empty() -> Scene:
    """Return a program that did not begin."""
    failure = Failure("syntax", "'(' was never closed", "", Span(1, 5, 1, 6))
    return Scene("autograd", "Nothing", "print(", "", error=failure, graph=Graph())


def long(count: int = 1200) -> Scene:
    """Return a chain of as many frames, half of them forward and half backward."""
    half = count // 2
    made = Builder()
    values = [made.add(f"h{i}", full(i), i) for i in range(half)]
    gradients = [made.add(f"∂/∂h{i}", full(0.5), count - 1 - i) for i in range(half)]
    spans = [Span(1 + i % 40, 0, 1 + i % 40, 5) for i in range(half)]
    forward = tuple(
        Frame("add", "compute", f"Step {i}.", "", spans[i], (i,), (before,), (("h", i),), phase="forward", node=i,
              plates=(Plate("input", values[before]), Plate("result", values[i])))
        for i, before in enumerate((0, *range(half - 1)))
    )  # fmt: skip
    last = Span(41, 0, 41, 5)
    backward = tuple(
        Frame("AddBackward0", "backward", f"Node {i}.", "", last, (), (), (("h", half - 1),), phase="backward", node=i,
              plates=(flow("gradient in", gradients[i]), flow("gradient out", gradients[max(0, i - 1)])))
        for i in reversed(range(half))
    )  # fmt: skip
    kept = (("is_leaf", "False"),)
    nodes = tuple(
        GraphNode("AddBackward0", f"h{i}", span=spans[i], first_frame=i, runs=(count - 1 - i,),
                  states=(TensorFacts(i, kept, values[i], -1, "it is not a leaf"),))
        for i in range(half)
    )  # fmt: skip
    edges = tuple(GraphEdge(i, i + 1, first_frame=i + 1) for i in range(half - 1))
    source = "\n".join(f"h = h + {i}" for i in range(41))
    return Scene(
        "autograd", "Long", source, "", tuple(made.buffers), (), tuple(made.grids), forward + backward, made.elements,
        graph=Graph(nodes, edges),
    )  # fmt: skip
