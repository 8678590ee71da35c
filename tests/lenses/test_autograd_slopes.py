"""Relations of gradients: their terms give the recorded gradients, their derivatives are those of torch."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

import explorer
from explorer.lenses.autograd.slopes import Place, Side, Slopes, gradients_related
from explorer.scene.relations import Relation
from explorer.trace import Trace

# one operation each; x has 0 to 3 dimensions of size 0 to 3
POINTWISE = (
    "x * 3", "x * x", "x / 2", "x ** 2", "x.exp()", "x.log()", "x.relu()", "-x", "x.tanh()", "x.clamp(0.6, 1.2)",
    "x.clone()", "x.sum()", "x.reshape(-1)", "x.double()", "x.mean()", "x.cumsum(0)", "x.softmax(-1)",
    "torch.stack([x, x])",
)  # fmt: skip
LAYOUTS = {
    "plain": "x = torch.rand({shape}).add(0.5).requires_grad_()",
    "transposed": "x = torch.rand({flipped}).add(0.5).permute({order}).detach().requires_grad_()",
    "every second": "x = torch.rand({doubled}).add(0.5)[..., ::2].detach().requires_grad_()",
    "half": "x = torch.rand({shape}).add(0.5).to(torch.bfloat16).requires_grad_()",
    "double": "x = torch.rand({shape}).add(0.5).double().requires_grad_()",
}
SHAPED = (
    "x.T", "x.sum(0)", "x.mean(1)", "x.sum(-1, keepdim=True)", "x[0]", "x[:, 1:]", "x[[1, 0, 1]]", "x.amax(0)",
    "x @ torch.ones(3, 2)", "x + torch.ones(2, 2, 3)", "x.expand(2, 2, 3)", "torch.cat([x, x * 2])", "x.flip(0)",
    "x.max(1)[0]", "x.norm()", "x.log_softmax(1)", "x.repeat(2, 1)", "x.unfold(1, 2, 1)", "x.gather(1, x.long())",
    "torch.linalg.det(x @ x.T)",
)  # fmt: skip

Numbers = npt.NDArray[Any]
shapes = st.lists(st.integers(0, 3), max_size=3).map(tuple)


def drawn_whole(trace: Trace) -> Any:
    """Return where gradients are drawn: each as grid 10 · its number of the side, all of it."""

    def grid_of(event: int, side: Side, slot: int) -> Place | None:
        sizes = trace.backward[event].shapes_in if side == "in" else trace.backward[event].shapes_out
        shape = sizes[slot] if slot < len(sizes) else None
        return None if shape is None else Place(slot if side == "in" else 100 + slot, shape)

    return grid_of


def related(program: str) -> tuple[Trace, dict[int, Slopes]]:
    """Run a program and relate all of its gradients."""
    trace = explorer.run(program)
    assert trace.error is None, trace.error
    return trace, gradients_related(trace, range(len(trace.backward)), drawn_whole(trace), seconds=60)


def summed(relation: Relation) -> Numbers:
    """Add up the terms of each cell."""
    terms: Numbers = np.asarray(relation.terms)
    owners = np.repeat(np.arange(relation.starts.size - 1), np.diff(relation.starts))
    return np.bincount(owners, terms, minlength=relation.starts.size - 1)


def check_terms(trace: Trace, found: dict[int, Slopes]) -> int:
    """Compare the sums of terms, and each term, with what was recorded; return how many relations there were."""
    count = 0
    for number, slopes in found.items():
        event = trace.backward[number]
        for relation in slopes.relations:
            count += 1
            recorded = event.gradients_out[relation.result - 100]
            assert recorded is not None
            wanted: Numbers = recorded.reshape(-1)
            wide = np.finfo(np.float32 if recorded.dtype == np.float32 else np.float64).eps
            rough = 2e-2 if "bfloat16" in trace.source else float(wide) ** 0.5
            np.testing.assert_allclose(summed(relation), wanted, rtol=rough, atol=rough)
            check_factors(relation, event.gradients_in, rough)
    return count


def check_factors(relation: Relation, incoming: Any, rough: float) -> None:
    """Each term is its derivative times the cell of the one gradient that it reads."""
    terms: Numbers = np.asarray(relation.terms)
    slopes: Numbers = np.asarray(relation.derivatives)
    upstream, read = np.zeros(terms.size), np.zeros(terms.size, np.int64)
    for operand in relation.operands:
        cells: Numbers = np.asarray(operand.cells)
        read += cells >= 0
        upstream[cells >= 0] += incoming[operand.grid].reshape(-1)[cells[cells >= 0]]
    assert (read == 1).all()
    np.testing.assert_allclose(terms, slopes * upstream, rtol=rough, atol=rough)


@given(st.sampled_from(POINTWISE), shapes, st.sampled_from(sorted(LAYOUTS)))
@example("x.cumsum(0)", (2,), "half")
@settings(max_examples=40)
def test_terms_give_the_gradients_of_any_layout(expression: str, shape: tuple[int, ...], layout: str) -> None:
    if not shape and ("softmax" in expression or "cumsum" in expression or layout != "plain"):
        shape = (2,)
    order = tuple(reversed(range(len(shape))))
    doubled = (*shape[:-1], 2 * shape[-1]) if shape else ()
    made = LAYOUTS[layout].format(shape=shape, flipped=shape[::-1], order=order, doubled=doubled)
    trace, found = related(f"{made}\ny = {expression}\ny.backward(torch.rand(y.shape).to(y.dtype))")
    # a tensor of float64 is its own `double()`: no node
    assert check_terms(trace, found) >= int(layout != "double" or "double()" not in expression)
    assert not any(slopes.reason for slopes in found.values())


@pytest.mark.parametrize("expression", SHAPED)
def test_terms_give_the_gradients(expression: str) -> None:
    trace, found = related(f"x = torch.rand(2, 3).requires_grad_()\ny = {expression}\ny.backward(torch.rand(y.shape))")
    assert check_terms(trace, found) >= 1


@pytest.mark.parametrize("expression", [one for one in (*POINTWISE, *SHAPED) if "*" not in one and "x @ x" not in one])
def test_derivatives_are_those_of_torch(expression: str) -> None:
    trace, found = related(
        f"x = torch.rand(2, 3).add(0.5).requires_grad_()\ny = {expression}\ny.backward(torch.rand(y.shape).to(y.dtype))"
    )
    [start] = [state.values for name, state in trace.names.items() if name == "x"]
    names = {"torch": torch, "x": torch.from_numpy(np.array(start))}

    def function(x: torch.Tensor) -> torch.Tensor:
        return torch.as_tensor(eval(expression, {**names, "x": x}))  # noqa: S307 - the tests' own text

    expected = torch.func.jacrev(function)(names["x"])
    product = np.eye(math.prod(expected.shape[:-2]))
    for number in sorted(found):
        steps = [dense(one, trace, number) for one in found[number].relations]
        product = product @ sum(steps) if steps else product
    np.testing.assert_allclose(product, expected.reshape(product.shape).numpy(), rtol=1e-4, atol=1e-5)


def dense(relation: Relation, trace: Trace, number: int) -> Numbers:
    """Return the derivatives as a matrix: gradient in × gradient out."""
    sizes = trace.backward[number].shapes_in[0], trace.backward[number].shapes_out[relation.result - 100]
    matrix = np.zeros([math.prod(size) for size in sizes if size is not None])
    owners = np.repeat(np.arange(matrix.shape[1]), np.diff(relation.starts))
    cells: Numbers = np.asarray(relation.operands[0].cells)
    np.add.at(matrix, (cells, owners), np.asarray(relation.derivatives))
    return matrix


def formulas(program: str, node: str) -> list[str]:
    """Return the formulas of the gradients that a node sends on."""
    trace, found = related(program)
    [number] = [number for number in found if trace.backward[number].node == node]
    return [relation.formula for relation in found[number].relations]


def test_formulas_in_index_letters() -> None:
    rows = "x = torch.rand(2, 3, requires_grad=True)\nw = torch.rand(3, 4, requires_grad=True)\n"
    assert formulas(f"{rows}y = x @ w\ny.sum().backward()", "MmBackward0") == [
        "downstream[i, j] = Σₖ local[j, k] · upstream[i, k]",
        "downstream[i, j] = Σₖ local[i, k] · upstream[k, j]",
    ]
    bias = "x = torch.rand(2, 3, requires_grad=True)\nb = torch.rand(3, requires_grad=True)\n"
    assert formulas(f"{bias}y = x + b\ny.sum().backward()", "AddBackward0") == [
        "downstream[i, j] = upstream[i, j]",
        "downstream[i] = Σⱼ upstream[j, i]",
    ]
    assert formulas(f"{bias}y = x.T\ny.sum().backward()", "PermuteBackward0") == ["downstream[i, j] = upstream[j, i]"]
    assert formulas(f"{bias}y = x.mean()\ny.backward()", "MeanBackward0") == ["downstream[i, j] = 0.166667 · upstream"]


def test_an_example_is_written_out() -> None:
    trace, found = related("x = torch.tensor([1.0, 2.0], requires_grad=True)\ny = (x * x).mean()\ny.backward()")
    examples = {trace.backward[number].node: slopes.example for number, slopes in found.items()}
    mean, product = examples["MeanBackward0"], examples["MulBackward0"]
    assert mean is not None
    assert product is not None
    assert mean.text == "0.5 · 1 = 0.5"
    assert (product.text, product.index) == ("2 · 0.5 = 1", (1,))


WRITTEN = """
x = torch.rand(3, requires_grad=True)
v = x * 2
v[0] = 0
v[1:].mul_(3)
v.exp().sum().backward()
"""
TWICE = """
x = torch.rand(3, requires_grad=True)
(g,) = torch.autograd.grad((x * x * x).sum(), x, create_graph=True)
g.sum().backward()
"""
UNBOUND = """
x = torch.rand(3, 2, requires_grad=True)
a, b, c = x.unbind()
(a * c + b).sum().backward()
"""
UNUSED = """
x = torch.rand(3, 2, requires_grad=True)
a, b, c = x.unbind()
(a * c).sum().backward()
"""
LAYERS = """
net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(2, 2))
F.cross_entropy(net(torch.rand(4, 1, 4, 4)), torch.tensor([0, 1, 1, 0])).backward()
"""
TRAINED = """
net = nn.Linear(2, 1)
opt = torch.optim.SGD(net.parameters(), 0.5)
for k in range(2):
    opt.zero_grad()
    net(torch.ones(3, 2)).pow(2).mean().backward()
    opt.step()
"""
LOSS = """
x = torch.rand(2, 3, requires_grad=True)
F.mse_loss(x.sigmoid(), torch.ones(2, 3)).backward()
"""
FILLED = """
x = torch.rand(3, requires_grad=True)
(x ** 3).sum().backward(create_graph=True)
x.grad.clone().sum().backward()
"""
ATTENTION = """
layer = nn.MultiheadAttention(4, 2, batch_first=True)
x = torch.rand(1, 3, 4)
layer(x, x, x)[0].sum().backward()
"""
RECURRENT = """
layer = nn.LSTM(3, 4)
layer(torch.rand(5, 1, 3))[0].sum().backward()
"""
DROPPED = """
torch.rand(3)
x = torch.rand(16, requires_grad=True)
F.dropout(x).sum().backward()
"""
PROGRAMS = {
    "a gradient that backward filled": (FILLED, "PowBackward0"),
    "attention of x to itself": (ATTENTION, "AddmmBackward0"),
    "a recurrent layer": (RECURRENT, "MkldnnRnnLayerBackward0"),
    "random numbers": (DROPPED, "MulBackward0"),
    "a view that was written to": (WRITTEN, "CopySlices"),
    "a gradient of a gradient": (TWICE, "MulBackward0"),
    "several results": (UNBOUND, "UnbindBackward0"),
    "one result that is not used": (UNUSED, "UnbindBackward0"),
    "layers": (LAYERS, "ConvolutionBackward0"),
    "a step of training before": (TRAINED, "PowBackward0"),
    "a loss": (LOSS, "MseLossBackward0"),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_terms_give_the_gradients_of_programs(name: str) -> None:
    program, node = PROGRAMS[name]
    trace, found = related(program)
    assert check_terms(trace, found) >= 2
    asked = [found[number] for number in found if trace.backward[number].node == node]
    assert asked
    assert all(slopes.relations and not slopes.reason for slopes in asked)


def only(program: str, node: str) -> Slopes:
    """Return what is said of the one run of a node."""
    trace, found = related(program)
    [slopes] = [found[number] for number in found if trace.backward[number].node == node]
    return slopes


def test_a_value_changed_behind_the_graph_is_noticed() -> None:
    slopes = only(
        "x = torch.tensor([1.0, 2.0], requires_grad=True)\ny = x ** 2\nx.data.mul_(10)\ny.sum().backward()",
        "PowBackward0",
    )
    assert slopes.differs
    assert not slopes.relations
    assert "would send 4 where 40 was sent" in slopes.reason


def test_a_function_of_the_programs_own_is_not_looked_into() -> None:
    slopes = only(
        "class Double(torch.autograd.Function):\n"
        "    @staticmethod\n    def forward(ctx, x):\n        return x * 2\n"
        "    @staticmethod\n    def backward(ctx, g):\n        return g * 2\n"
        "x = torch.ones(2, requires_grad=True)\nDouble.apply(x).sum().backward()",
        "DoubleBackward",
    )
    assert not slopes.relations
    assert slopes.reason == (
        "The local derivative is not known: its backward is the program's own, whose lines are steps."
    )


def test_large_tensors_are_not_computed_again() -> None:
    slopes = only("x = torch.ones(400, 400, requires_grad=True)\n(x * x).sum().backward()", "MulBackward0")
    assert "too large" in slopes.reason


@pytest.mark.parametrize(
    ("program", "node", "reason"),
    [
        (
            "e = nn.Embedding(5, 3, sparse=True)\ne(torch.tensor([1, 2])).sum().backward()",
            "EmbeddingBackward0",
            "sparse",
        ),
        (
            "x = torch.ones(2, dtype=torch.cfloat, requires_grad=True)\n(-x).abs().sum().backward()",
            "NegBackward0",
            "complex",
        ),
        (
            "x = torch.tensor([3 + 4j], requires_grad=True)\nx.abs().sum().backward()",
            "AbsBackward0",
            "complex",
        ),
    ],
)
def test_other_gradients_have_a_reason(program: str, node: str, reason: str) -> None:
    assert reason in only(program, node).reason


def test_a_slope_that_is_no_number_has_a_term() -> None:
    slopes = only("x = torch.tensor(-1.0, requires_grad=True)\n(x.sqrt() * 0).backward()", "SqrtBackward0")
    assert slopes.relations[0].formula == "downstream = nan · upstream"


def test_time_is_bounded() -> None:
    trace = explorer.run("x = torch.ones(2, requires_grad=True)\n(x * x).sum().backward()")
    found = gradients_related(trace, range(len(trace.backward)), drawn_whole(trace), seconds=-1)
    assert all("too long" in slopes.reason for slopes in found.values())


def test_windows_show_a_part_of_the_terms() -> None:
    trace = explorer.run("x = torch.rand(4, 5, requires_grad=True)\n(x.exp()).sum().backward()")
    places = {"in": Place(0, (2, 3)), "out": Place(1, (3, 2))}
    number = next(n for n, event in enumerate(trace.backward) if event.node == "ExpBackward0")
    [relation] = gradients_related(trace, [number], lambda _, side, __: places[side])[number].relations
    assert relation.starts.tolist() == list(range(7))
    assert relation.operands[0].cells.tolist() == [0, 1, 3, 4, -1, -1]
    exact = np.exp(np.asarray(trace.names["x"].values))[:3, :2]
    np.testing.assert_allclose(np.asarray(relation.derivatives, float), exact.reshape(-1), rtol=1e-6)


def test_without_live_calls_there_is_a_reason() -> None:
    trace = explorer.run("x = torch.ones(2, requires_grad=True)\n(x * x).sum().backward()").without_live_tensors()
    found = gradients_related(trace, range(len(trace.backward)), drawn_whole(trace))
    assert "not kept" in found[0].reason
