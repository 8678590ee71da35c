"""Relations of operations that pick or write by an index: what the terms say is what torch did."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.lenses.relations.question import Question, Terms
from explorer.trace.values import to_numpy
from tests.lenses.relation_cases import check_dependence, combined, factor_values, inputs_of, last_terms

DTYPES = ["float32", "float64", "int64", "int16", "bool", "bfloat16", "complex64"]


def source(name: str, shape: tuple[int, ...], dtype: str = "int64", *, transposed: bool = False) -> str:
    """Return a line that makes a tensor of distinct numbers from 1 on."""
    count = int(np.prod(shape))
    text = f"torch.arange(1, {count + 1}).to(torch.{dtype}).view({shape[::-1] if transposed else shape})"
    return f"{name} = {text}{f'.permute{tuple(reversed(range(len(shape))))}' if transposed and shape else ''}\n"


def index_of(name: str, shape: tuple[int, ...], size: int, *, negative: bool = False) -> str:
    return f"{name} = torch.randint({-size if negative else 0}, {size}, {shape})\n"


def check_picked(program: str, *, dependence: bool = True) -> tuple[Question, Terms]:
    """Check that every element is a copy of the one in its only term."""
    question, terms = last_terms(program)
    recorded = question.recorded(question.elements.size)
    assert (terms.counts == 1).all()
    np.testing.assert_array_equal(factor_values(question, terms), recorded)
    if dependence:
        check_dependence(question, terms, exact=question.state.dtype != torch.bool)
    return question, terms


def check_index(question: Question, terms: Terms, dim: int) -> None:
    """Check that the index cell of each term says where its value was taken from, along `dim`."""
    index = next(number for number, factor in enumerate(terms.factors) if factor.role == "index")
    shape = question.shape_of(terms.factors[0].argument)
    said = factor_values(question, terms, index) % max(shape[dim], 1)
    np.testing.assert_array_equal(said, np.unravel_index(terms.factors[0].elements, shape)[dim])


@settings(max_examples=50)
@given(
    st.lists(st.integers(1, 3), min_size=1, max_size=3).map(tuple), st.sampled_from(DTYPES), st.booleans(), st.data()
)
def test_gather(shape: tuple[int, ...], dtype: str, transposed: bool, data: st.DataObject) -> None:
    dim = data.draw(st.integers(-len(shape), len(shape) - 1))
    there = tuple(
        data.draw(st.integers(0, 4 if place == dim % len(shape) else size)) for place, size in enumerate(shape)
    )
    program = source("x", shape, dtype, transposed=transposed) + index_of("index", there, shape[dim])
    question, terms = check_picked(program + f"out = x.gather({dim}, index)")
    check_index(question, terms, dim % len(shape))
    assert terms.letters == tuple("ijk"[: len(shape)])


@settings(max_examples=50)
@given(st.lists(st.integers(1, 3), min_size=1, max_size=3).map(tuple), st.sampled_from(DTYPES), st.data())
def test_index_select_and_take_along_dim(shape: tuple[int, ...], dtype: str, data: st.DataObject) -> None:
    dim = data.draw(st.integers(-len(shape), len(shape) - 1))
    line = index_of("index", (data.draw(st.integers(0, 4)),), shape[dim])
    check_index(*check_picked(source("x", shape, dtype) + line + f"y = x.index_select({dim}, index)"), dim)
    there = tuple(data.draw(st.sampled_from([1, size])) for size in shape)
    along = index_of("index", there, shape[dim])
    check_index(*check_picked(source("x", shape, dtype) + along + f"y = torch.take_along_dim(x, index, {dim})"), dim)


@settings(max_examples=50)
@given(
    st.lists(st.integers(1, 3), max_size=3).map(tuple),
    st.lists(st.integers(0, 3), max_size=2).map(tuple),
    st.booleans(),
)
def test_take_counts_all_elements(shape: tuple[int, ...], there: tuple[int, ...], transposed: bool) -> None:
    count = int(np.prod(shape))
    program = source("x", shape, transposed=transposed) + index_of("index", there, count, negative=True)
    question, terms = check_picked(program + "y = x.take(index)")
    np.testing.assert_array_equal(factor_values(question, terms, 1) % count, terms.factors[0].elements)


@settings(max_examples=50)
@given(
    st.sampled_from([((3, 2), (3, 2)), ((3, 2), (2,)), ((2,), (3, 2)), ((3, 1), (1, 2)), ((), (3,)), ((2, 0), (2, 0))])
)
def test_masked_select(shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    program = source("x", shapes[0]) + f"mask = torch.randint(0, 2, {shapes[1]}) > 0\n"
    question, terms = check_picked(program + "y = x.masked_select(mask)", dependence=False)
    assert terms.factors[1].role == "mask"
    assert factor_values(question, terms, 1).all()


@st.composite
def subscripts(draw: st.DrawFn, shape: tuple[int, ...]) -> tuple[str, str]:
    """Return lines that make index tensors, and an index expression that has at least one tensor or list in it."""
    block = tuple(draw(st.lists(st.integers(1, 2), min_size=1, max_size=2)))
    lines, items, dim, tensors = "", [], 0, 0
    while dim < len(shape):
        size = shape[dim]
        kind = draw(st.sampled_from(["tensor", "slice", "number", "none", "list", "mask"]))
        if kind == "tensor":
            there = tuple(draw(st.sampled_from([1, one])) for one in block)
            lines += index_of(f"n{dim}", there, size, negative=True)
            items.append(f"n{dim}")
        elif kind == "mask" and not tensors:
            lines += f"m{dim} = torch.arange({size}) % 2 == 0\n"
            items.append(f"m{dim}")
            block = ((size + 1) // 2,)
        elif kind == "list" and block == (2,):
            items.append(f"[0, {size - 1}]")
        elif kind == "none":
            items.append("None")
            continue
        elif kind == "number":
            items.append(str(draw(st.integers(-size, size - 1))))
        else:
            items.append(draw(st.sampled_from([":", "::2", "1:", "-1:", ":-1"])))
        tensors += not (items[-1] == "None" or ":" in items[-1] or items[-1].lstrip("-").isdigit())
        dim += 1
    if not tensors:
        lines += index_of("n", block, shape[-1])
        items[-1] = "n"
    return lines, ", ".join(items)


@settings(max_examples=120)
@given(st.data(), st.lists(st.integers(1, 3), min_size=1, max_size=3).map(tuple), st.booleans())
def test_index_expressions(data: st.DataObject, shape: tuple[int, ...], transposed: bool) -> None:
    lines, items = data.draw(subscripts(shape))
    program = source("x", shape, transposed=transposed) + lines + f"out = x[{items},]"
    question, terms = check_picked(program, dependence="m" not in items)
    assert terms.formula or "m" in items
    check_formula(question, terms)


def check_formula(question: Question, terms: Terms) -> None:
    """Let Python evaluate the formula, with the numbers of every element in the place of the letters."""
    left, _, right = terms.formula.partition(" = ")
    named = {name: state._live for name, state in question.trace.names.items()}
    held = {**named, **dict(zip(question.names, inputs_of(question), strict=True))}
    result = question.recorded(question.elements.size)
    if not left or result is None:
        return
    for element, value in zip(question.elements, result, strict=True):
        place = dict(zip(terms.letters, np.unravel_index(element, question.shape), strict=True))
        code = right.replace("·", "*")
        read = eval(code, {}, {**held, **place})  # noqa: S307 - a formula of our own
        assert np.array_equal(to_numpy(torch.as_tensor(read)), value, equal_nan=True), (terms.formula, place)


@pytest.mark.parametrize(
    ("call", "formula"),
    [
        ("x.gather(0, index)", "out[i][j] = x[index[i][j]][j]"),
        ("x.gather(1, index)", "out[i][j] = x[i][index[i][j]]"),
        ("x.index_select(1, index[0])", "out[i][j] = x[i][index[0][j]]"),
        ("x.take(index)", "out[i][j] = x.flatten()[index[i][j]]"),
        ("x[index]", "out[i, j, k] = x[index[i, j], k]"),
        ("x[:, index[0]]", "out[i, j] = x[i, index[0][j]]"),
        ("x[1:, [0, 2]]", "out[i, j] = x[1 + i, [0,2][j]]"),
        ("x[x > 2]", "out[i] = x[x > 2][i]"),
        ("x[..., index[0], None]", "out[i, j, k] = x[i, index[0][j]]"),
        ("F.embedding(index, x)", "out[i][j][k] = x[index[i][j]][k]"),
        ("x[1:, ::2]", "out[i, j] = x[1 + i, 2·j]"),
        ("x[-1]", "out[i] = x[-1, i]"),
        ("x[None, ..., 1]", "out[i, j] = x[j, 1]"),
    ],
)
def test_formulas(call: str, formula: str) -> None:
    program = "x = torch.arange(12.).view(3, 4)\nindex = torch.tensor([[2, 0, 1], [1, 1, 2]])\n"
    question, terms = check_picked(program + f"out = {call}", dependence=">" not in call)
    assert terms.formula == formula
    check_formula(question, terms)


WRITES = [
    ("x.scatter_add(dim, index, src)", np.sum),
    ("x.scatter_add_(dim, index, src)", np.sum),
    ("x.scatter(dim, index, src, reduce='add')", np.sum),
    ("x.scatter(dim, index, src, reduce='multiply')", np.prod),
    ("x.scatter_reduce(dim, index, src, reduce='sum')", np.sum),
    ("x.scatter_reduce(dim, index, src, reduce='amax')", np.max),
    ("x.scatter_reduce(dim, index, src, reduce='amin', include_self=False)", np.min),
    ("x.scatter_reduce(dim, index, src, reduce='prod')", np.prod),
]


@settings(max_examples=50)
@given(
    st.lists(st.integers(1, 3), min_size=1, max_size=2).map(tuple),
    st.sampled_from(WRITES),
    st.sampled_from(["float64", "int64"]),
    st.data(),
)
def test_scatter_with_a_reduction(
    shape: tuple[int, ...], write: tuple[str, object], dtype: str, data: st.DataObject
) -> None:
    dim = data.draw(st.integers(-len(shape), len(shape) - 1))
    there = tuple(data.draw(st.integers(0, 3 if p == dim % len(shape) else s)) for p, s in enumerate(shape))
    bigger = tuple(size + data.draw(st.integers(0, 1)) for size in there)
    program = source("x", shape, dtype) + source("src", bigger, dtype) + index_of("index", there, shape[dim])
    question, terms = last_terms(program + "y = " + write[0].replace("dim", str(dim)))
    assert terms.values is not None
    combine = write[1]
    assert callable(combine)
    got = [combine(one) for one in combined(terms, terms.values)]
    np.testing.assert_array_equal(got, question.recorded(question.elements.size))
    check_dependence(question, terms)


OVERWRITES = [
    "x.scatter(dim, index, src)",
    "x.scatter_(dim, index, 7)",
    "x.index_copy(dim, index, src)",
    "x.index_fill(dim, index, 7)",
    "x.index_add(dim, index, src)",
    "x.index_add_(dim, index, src)",
    "x.index_put((index,), src)",
    "x.index_put_((index,), src, accumulate=True)",
    "x.put(index, src)",
]


@settings(max_examples=50)
@given(st.sampled_from(OVERWRITES), st.integers(1, 4), st.integers(0, 5), st.sampled_from(["float64", "int64"]))
def test_writes_of_a_line(write: str, size: int, sent: int, dtype: str) -> None:
    program = source("x", (size,), dtype) + f"src = torch.arange(50, {50 + sent}).to(torch.{dtype})\n"
    question, terms = last_terms(program + index_of("index", (sent,), size) + "y = " + write.replace("dim", "0"))
    check_written(question, terms)


def check_written(question: Question, terms: Terms) -> None:
    """Check that the terms give the elements that have some, and that the others stayed as they were."""
    assert terms.values is not None
    recorded = question.recorded(question.elements.size)
    assert recorded is not None
    assert terms.combination in ("", "sum")
    made = terms.counts > 0
    got = [one.sum() for one in combined(terms, terms.values) if one.size]
    np.testing.assert_array_equal(got, recorded[made])
    before = to_numpy(inputs_of(question)[terms.factors[0].argument]).reshape(-1)
    np.testing.assert_array_equal(recorded[~made], before[question.elements][~made])


@settings(max_examples=80)
@given(st.data(), st.lists(st.integers(1, 3), min_size=1, max_size=3).map(tuple), st.booleans())
def test_assignment_through_an_index(data: st.DataObject, shape: tuple[int, ...], number: bool) -> None:
    lines, items = data.draw(subscripts(shape))
    picked = torch.zeros(shape)
    names: dict[str, object] = {"torch": torch, "x": picked}
    exec(lines, names)  # noqa: S102 - lines of our own
    there = tuple(eval(f"x[{items},]", names).shape)  # noqa: S307 - as above
    given_value = "7" if number else "v"
    write = f"v = torch.arange(50, {50 + int(np.prod(there))}).view({there})\nx[{items},] = {given_value}"
    question, terms = last_terms("torch.manual_seed(0)\n" + source("x", shape) + lines + write)
    check_written(question, terms)


@pytest.mark.parametrize(
    ("write", "formula"),
    [
        ("x[index[0]] = 7.", "x[index[0][i], j] = 7.0"),
        ("x[index[0], 1] = v", "x[index[0][i], 1] = v[i]"),
        ("x[:, [0, 2]] = v[:, None]", "x[i, [0,2][j]] = v[:, None][i, 0]"),
        ("x[0] = 7.", "x[0, i] = 7.0"),
        ("x[x > 2] = 0", "x[x > 2] = 0"),
        ("x[x > 2] = torch.arange(9.)", "x[x > 2][i] = u[i]"),
        ("x.scatter_add_(0, index, w)", "x[index[i][j]][j] += w[i][j]"),
        ("x.scatter_(1, index, w)", "x[i][index[i][j]] = w[i][j]"),
        ("x.index_add_(0, index[0], w)", "x[index[0][i]][j] += w[i][j]"),
    ],
)
def test_formulas_of_writes(write: str, formula: str) -> None:
    program = "x = torch.arange(12.).view(3, 4)\nindex = torch.tensor([[2, 0, 1], [1, 0, 2]])\n"
    program += "v = torch.arange(3.)\nw = torch.arange(12.).view(3, 4)\n"
    assert last_terms(program + write)[1].formula == formula


@pytest.mark.parametrize("call", ["x.nonzero()", "torch.where(x)", "torch.nonzero(x > 1)"])
def test_nonzero_names_the_elements_that_it_found(call: str) -> None:
    question, terms = last_terms(f"x = torch.tensor([[0, 2, 0], [3, 0, 4]])\ny = {call}")
    assert terms.factors[0].role == "mask"
    assert factor_values(question, terms).all()
    assert (np.diff(terms.factors[0].elements) >= 0).all()


def test_an_index_that_changed_since_is_read_as_it_was() -> None:
    program = "x = torch.arange(4)\nindex = torch.tensor([3, 0])\ny = x[index]"
    question, terms = last_terms(program + "\nindex.fill_(1)\nx.fill_(9)\nz = y + 1")
    assert question.op == "add"
    check_picked(program)
    assert terms.factors[0].elements.tolist() == [0, 1]
