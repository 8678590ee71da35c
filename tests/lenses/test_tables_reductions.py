"""Tables of reductions and new shapes: torch's sizes, torch's values, and the arithmetic of -1."""

from __future__ import annotations

import ast
import math

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import explorer
from explorer.scene.tables import Table
from tests.lenses.table_programs import made, tables_beside, titled

SHAPE = st.lists(st.integers(1, 3), min_size=1, max_size=3).map(tuple)
REDUCING = ("sum", "prod", "mean", "amax", "amin", "all", "any", "logsumexp", "std", "var", "nansum")
PICKING = ("max", "min", "median", "mode", "argmax", "argmin")
ALONG = ("cumsum", "cumprod", "softmax", "log_softmax", "sort", "cummax", "argsort")
DIVIDED = "What -1 stands for"
# torch warns of a variance of a single value; its nan is what is tested
pytestmark = pytest.mark.filterwarnings("ignore:.*degrees of freedom")

FLAT = "The index behind the flat one"
EQUAL = "Equal values"
SUMS = "Sums of the result"


def first_table(source: str) -> Table:
    """Return the table of what happens to the dimensions."""
    table = tables_beside(explorer.run(source))[0]
    assert table.title.startswith(("What happens", "All dimensions"))
    return table


def shape_of(row: tuple[str, ...]) -> tuple[int, ...]:
    """Return the shape in a row's last cell."""
    return tuple(ast.literal_eval(row[-1]))


def results_of(shape: tuple[int, ...], op: str, arguments: str) -> torch.Tensor:
    """Return what plain torch gives; of two results the first."""
    names: dict[str, torch.Tensor] = {}
    exec(f"x = {made(shape)}\nr = x.{op}({arguments})", {"torch": torch}, names)  # noqa: S102 - the same call
    result = names["r"]
    return result if isinstance(result, torch.Tensor) else result[0]


@settings(max_examples=40)
@given(st.sampled_from(REDUCING + PICKING), SHAPE, st.data())
def test_sizes_with_and_without_keepdim_are_torchs(op: str, shape: tuple[int, ...], data: st.DataObject) -> None:
    dim = data.draw(st.integers(-len(shape), len(shape) - 1))
    keepdim = data.draw(st.booleans())
    table = first_table(f"x = {made(shape)}\nx.{op}(dim={dim}, keepdim={keepdim})")
    assert [row[0] for row in table.rows] == ["before", "after", f"`keepdim={not keepdim}`"]
    assert shape_of(table.rows[0]) == shape
    for row, keeps in zip(table.rows[1:], (keepdim, not keepdim), strict=True):
        assert shape_of(row) == tuple(results_of(shape, op, f"dim={dim}, keepdim={keeps}").shape)
    assert {column for _, column in table.marks} == {1 + dim % len(shape)}
    assert (f"= {dim % len(shape)}." in table.note) == (dim < 0)
    assert f"comes from {shape[dim]} element" in table.note


@settings(max_examples=50)
@given(st.sampled_from(("sum", "mean", "amax", "std", "nansum")), SHAPE, st.data())
def test_several_dimensions_and_all_of_them(op: str, shape: tuple[int, ...], data: st.DataObject) -> None:
    dims = tuple(data.draw(st.lists(st.sampled_from(range(len(shape))), unique=True)))
    arguments = str(dims) if dims else ""
    table = first_table(f"x = {made(shape)}\nx.{op}({arguments})")
    assert shape_of(table.rows[1]) == tuple(results_of(shape, op, arguments).shape)
    feeding = math.prod(shape[dim] for dim in dims or range(len(shape)))
    assert f"comes from {feeding} element" in table.note
    assert [cell for cell in table.rows[1][1:-1] if cell != "gone"] == [str(size) for size in shape_of(table.rows[1])]


@settings(max_examples=40)
@given(st.sampled_from(ALONG), SHAPE, st.data())
def test_what_runs_along_a_dimension_keeps_it(op: str, shape: tuple[int, ...], data: st.DataObject) -> None:
    dim = data.draw(st.integers(-len(shape), len(shape) - 1))
    table = first_table(f"x = {made(shape)}\nx.{op}({dim})")
    assert [shape_of(row) for row in table.rows] == [shape, tuple(results_of(shape, op, str(dim)).shape)]
    assert set(table.marks) == {(0, 1 + dim % len(shape)), (1, 1 + dim % len(shape))}


@pytest.mark.parametrize(
    "call", ["x.sum(1, True)", "x.sum(axis=1, keepdims=True)", "torch.std(x, 1, False, True)", "x.norm(2, 1, True)"]
)
def test_dim_and_keepdim_are_found_where_they_are_written(call: str) -> None:
    table = first_table(f"x = {made((2, 3))}\n{call}")
    assert shape_of(table.rows[1]) == (2, 1)
    assert table.rows[2][0] == "`keepdim=False`"


@settings(max_examples=60)
@given(
    st.sampled_from(["var", "std"]),
    st.lists(st.floats(-8, 8, width=32), min_size=1, max_size=6),
    st.sampled_from(["", "unbiased=False", "unbiased=True", "correction=0", "correction=2", "correction=1"]),
)
def test_corrections_show_torchs_values_and_their_ratio(op: str, values: list[float], written: str) -> None:
    tables = tables_beside(explorer.run(f"x = torch.tensor({values})\ny = x.{op}({written})"))
    (table,) = (table for table in tables if table.title == f"{op} with and without correction")
    function = getattr(torch.tensor(values), op)
    for head, cell in zip(table.header[1:], table.rows[0][1:], strict=True):
        correction = float(head.partition("=")[2].removesuffix(" (this call)"))
        torch.testing.assert_close(
            torch.tensor(float(cell)), function(correction=correction), rtol=0, atol=0, equal_nan=True
        )
        own = results_of_program(values, op, written)
        if "(this call)" in head:
            torch.testing.assert_close(torch.tensor(float(cell)), own, rtol=0, atol=0, equal_nan=True)
    assert sum("(this call)" in head for head in table.header) == 1
    n = len(values)
    if n > 1:
        ratio = float(table.note.partition(" times")[0].rpartition("= ")[2])
        torch.testing.assert_close(
            function(correction=0).double() * ratio, function(correction=1).double(), rtol=1e-4, atol=1e-6
        )
    else:
        assert "nan" in table.note


def results_of_program(values: list[float], op: str, written: str) -> torch.Tensor:
    """Return what plain torch gives for the call as it is written."""
    names: dict[str, torch.Tensor] = {}
    exec(f"r = torch.tensor({values}).{op}({written})", {"torch": torch}, names)  # noqa: S102 - the same call
    return names["r"]


@settings(max_examples=30)
@given(st.sampled_from(["float32", "float64", "bfloat16", "float16"]), st.integers(1, 7), st.integers(0, 1))
def test_sums_of_softmax_are_torchs_to_the_digit(dtype: str, rows: int, dim: int) -> None:
    source = f"x = torch.randn({rows}, 5, dtype=torch.{dtype})\ny = x.softmax({dim})"
    trace = explorer.run(source)
    (table,) = (table for table in tables_beside(trace) if table.title == SUMS)
    sums = torch.tensor(trace.names["y"].values).to(getattr(torch, dtype)).sum(dim)
    for cell, total in zip((row[1] for row in table.rows), sums, strict=False):
        assert torch.tensor(float(cell), dtype=sums.dtype) == total
    shown = min(len(sums), 4)
    assert len(table.rows) == shown
    assert ("not listed" in table.note) == (len(sums) > shown)


@settings(max_examples=40)
@given(st.sampled_from(["argmax", "argmin"]), st.lists(st.integers(1, 4), min_size=2, max_size=4), st.integers(0, 99))
def test_a_flat_index_is_unravelled(op: str, shape: list[int], seed: int) -> None:
    source = f"torch.manual_seed({seed})\nx = torch.rand({shape})\ni = x.{op}()"
    trace = explorer.run(source)
    table = titled(source, FLAT)
    assert table is not None
    index = [int(row[3]) for row in table.rows]
    assert [row[1] for row in table.rows] == [str(size) for size in shape]
    values = torch.tensor(trace.names["x"].values)
    assert values[tuple(index)] == (values.max() if op == "argmax" else values.min())
    for row in table.rows:
        given_sum, _, found = row[2].partition(" = ")
        left, right = (int(number) for number in given_sum.split(" // "))
        assert left // right == int(found) == int(row[3])


@settings(max_examples=50)
@given(st.sampled_from(["sort()", "topk(1)", "argsort(stable=True)"]), st.lists(st.integers(0, 5), min_size=1))
def test_equal_values_are_told_with_how_often_they_occur(call: str, values: list[int]) -> None:
    table = titled(f"x = torch.tensor({values})\nx.{call}", EQUAL)
    equal = {value: values.count(value) for value in sorted(set(values)) if values.count(value) > 1}
    if table is None:
        assert not equal
        return
    assert [(row[1], row[2]) for row in table.rows] == [
        (str(value), f"{count} times") for value, count in equal.items()
    ]


@settings(max_examples=40)
@given(st.lists(st.integers(0, 6), max_size=3), st.integers(0, 3), st.integers(0, 40))
def test_the_missing_size_is_torchs_or_shown_to_be_none(sizes: list[int], place: int, count: int) -> None:
    asked = [*sizes[:place], -1, *sizes[place:]]
    start = f"x = torch.arange({count})\n"
    trace = explorer.run(f"{start}y = x.reshape({asked})")
    table = titled(f"{start}y = x.reshape({asked})", DIVIDED)
    try:
        wanted = torch.arange(count).reshape(asked)
    except RuntimeError:
        assert trace.error is not None
        assert table is not None
        assert table.tone == "error"
        assert table.rows[0][2] == "any" or "remainder" in table.rows[0][2]
        return
    assert table is not None
    found = wanted.shape[asked.index(-1)]
    assert table.rows[0][2].rpartition(" ")[2] == str(found)
    assert f"means {tuple(wanted.shape)}." in table.note


@settings(max_examples=40)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=3), st.integers(-3, 2), st.lists(st.integers(1, 4), max_size=2))
def test_unflatten_divides_its_dimension_only(shape: list[int], dim: int, sizes: list[int]) -> None:
    assume(-len(shape) <= dim < len(shape))
    asked = (*sizes, -1)
    source = f"x = torch.ones({shape})\ny = x.unflatten({dim}, {asked})"
    table = titled(source, DIVIDED)
    assert table is not None
    try:
        wanted = torch.unflatten(torch.ones(shape), dim, asked)
    except RuntimeError:
        assert table.tone == "error"
        return
    found = wanted.shape[dim % len(shape) + len(asked) - 1]
    assert table.rows[0][2].rpartition(" ")[2] == str(found)
    assert table.rows[0][0] == f"dim {dim % len(shape)} has size {shape[dim]}"


@pytest.mark.parametrize("call", ["x.view(n, -1)", "torch.reshape(x, (n, -1))", "x.reshape(shape=(n, -1))"])
def test_sizes_that_stand_in_names_are_known_too(call: str) -> None:
    failing = titled(f"n = 5\nx = torch.arange(24)\n{call}", DIVIDED)
    assert failing is not None
    assert failing.rows[0] == ("24", "5", "24 / 5 = 4, remainder 4")
    fitting = titled(f"n = 6\nx = torch.arange(24)\n{call}", DIVIDED)
    assert fitting is not None
    assert fitting.rows[0] == ("24 elements", "6", "24 / 6 = 4")


def test_without_a_missing_size_there_is_no_division() -> None:
    assert titled("x = torch.arange(24).reshape(4, 6)", DIVIDED) is None
    wrong = titled("x = torch.arange(24).reshape(4, 5)", "Elements and places")
    assert wrong is not None
    assert wrong.rows == (("24", "4 · 5 = 20"),)
