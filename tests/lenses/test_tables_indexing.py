"""Tables of indices: each part's sizes are torch's; and the calls of torch and NumPy that order dimensions alike."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import explorer
from explorer.lenses.tables.index_parts import IndexArray, resolve
from explorer.scene.tables import Table
from tests.lenses.table_programs import made, titled

TITLE = "The index, part by part"
SHAPE = st.lists(st.integers(0, 4), min_size=1, max_size=4).map(tuple)
BOUND = st.none() | st.integers(-5, 5)


@st.composite
def indices(draw: st.DrawFn, shape: tuple[int, ...]) -> tuple[Any, ...]:
    """Draw an index of numbers, slices, None, `...`, integer tensors and masks; it may not fit."""
    parts: list[Any] = []
    left = len(shape)
    while left and draw(st.booleans()):
        kind = draw(st.sampled_from(["int", "slice", "new", "array", "mask"]))
        size = shape[len(shape) - left]
        if kind == "new":
            parts.append(None)
            continue
        left -= 1
        if kind == "int":
            parts.append(draw(st.integers(-size - 1, size)))
        elif kind == "slice":
            parts.append(slice(draw(BOUND), draw(BOUND), draw(st.none() | st.integers(1, 3))))
        elif kind == "array":
            sizes = draw(st.lists(st.integers(1, 2), min_size=1, max_size=2))
            parts.append(torch.tensor(draw(nested(sizes, st.integers(-size - 1, size)))))
        else:
            parts.append(torch.tensor(draw(nested([size], st.booleans())), dtype=torch.bool))
    if draw(st.booleans()):
        parts.insert(draw(st.integers(0, len(parts))), Ellipsis)
    return tuple(parts)


def nested(sizes: list[int], value: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Draw nested lists of these sizes."""
    for size in reversed(sizes):
        value = st.lists(value, min_size=size, max_size=size)
    return value


def as_part(value: Any) -> Any:
    """Return a part of an index as `resolve` takes it."""
    if not isinstance(value, torch.Tensor):
        return value
    if value.dtype == torch.bool:
        return IndexArray(tuple(value.shape), is_mask=True, values=None, trues=int(value.sum()))
    return IndexArray(tuple(value.shape), is_mask=False, values=value)


def code_of(value: Any) -> str:
    """Return the code of a part of an index."""
    if isinstance(value, torch.Tensor):
        return f"torch.tensor({value.tolist()}, dtype={value.dtype})"
    if isinstance(value, slice):
        return ":".join("" if bound is None else str(bound) for bound in (value.start, value.stop, value.step))
    return "..." if value is Ellipsis else str(value)


@settings(max_examples=400)
@given(st.data())
def test_the_selected_shape_is_torchs_and_what_torch_refuses_is_wrong(data: st.DataObject) -> None:
    shape = data.draw(SHAPE)
    index = data.draw(indices(shape))
    resolved = resolve(shape, [as_part(part) for part in index])
    try:
        selected = torch.ones(shape)[index]
    except IndexError:
        assert resolved.wrong
        return
    assert not resolved.wrong
    assert resolved.shape == tuple(selected.shape)
    assert sum(len(part.dims) for part in resolved.parts) == len(shape)


@pytest.mark.parametrize(
    "index",
    [
        (slice(None), torch.tensor([0, 1, 0]), slice(None), torch.tensor([1, 0, 1])),
        (slice(None), torch.tensor([0, 1, 0]), None, torch.tensor([1, 0, 1])),
        (slice(None), torch.tensor([0, 1, 0]), 0, torch.tensor([1, 0, 1])),
        (slice(None), torch.tensor([0, 1, 0]), Ellipsis, torch.tensor([1, 0, 1])),
        (None, 1, torch.tensor([[0, 1]]), torch.tensor([[1], [0], [1]])),
        (0, slice(None), torch.tensor([0, 1])),
        (slice(None), torch.tensor([True, False, True]), slice(1), torch.tensor([[0], [1]])),
    ],
)
def test_dimensions_of_index_tensors_stand_where_torch_puts_them(index: tuple[Any, ...]) -> None:
    shape = (2, 3, 4, 5)
    assert resolve(shape, [as_part(part) for part in index]).shape == tuple(torch.ones(shape)[index].shape)


@settings(max_examples=60)
@given(st.data())
def test_tables_of_indices_in_programs(data: st.DataObject) -> None:
    shape = data.draw(SHAPE)
    index = data.draw(indices(shape).filter(bool))
    source = f"x = {made(shape)}\ny = x[{', '.join(map(code_of, index))},]"
    trace = explorer.run(source)
    table = titled(source, TITLE)
    assert table is not None
    assert (table.tone == "error") == (trace.error is not None)
    written = [row for row in table.rows if row[0] not in ("all", "(not written)")]
    assert len(written) == len(index)
    if trace.error is not None:
        assert table.marks
        return
    *_, whole = table.rows
    assert whole[3:] == (str(shape), str(trace.names["y"].shape))
    view = trace.names["y"].storage == trace.names["x"].storage
    assert ("The result is a view of storage A" in table.note) == view
    assert ("the result a copy" in table.note) == (not view)


def table_of(code: str, shape: tuple[int, ...] = (2, 3, 4)) -> Table:
    """Return the table of an index into a tensor `x` of this shape."""
    table = titled(f"x = {made(shape)}\nrows = torch.tensor([[0], [-1]])\n{code}", TITLE)
    assert table is not None
    return table


def test_each_part_says_what_it_does() -> None:
    table = table_of("x[1:, None, ..., [0, -1]]")
    assert table.rows == (
        ("`1:`", "keeps 1", "dim 0", "2", "1"),
        ("`None`", "adds a dimension of size 1", "–", "–", "1"),
        ("`...`", "keeps all that is left", "dim 1", "3", "3"),
        ("`[0, -1]`", "picks 2 places: 0, -1 (-1 is 3)", "dim 2", "4", "2"),
        ("all", "", "", "(2, 3, 4)", "(1, 1, 3, 2)"),
    )


def test_negative_numbers_are_resolved() -> None:
    table = table_of("x[-1, -2:]")
    assert table.rows[0][1] == "picks index 1 (-1 + 2); the dimension goes"
    assert table.rows[1][1] == "keeps 1 and 2 (-2 is 1)"


def test_masks_are_counted_also_large_ones() -> None:
    assert "2 of 24" in table_of("x[x > 21]").rows[0][1]
    large = titled("x = torch.arange(40000)\ny = x[x >= 30000]", TITLE)
    assert large is not None
    assert "10,000 of 40,000" in large.rows[0][1]


def test_several_index_tensors_are_broadcast_and_come_first_when_something_stands_between() -> None:
    table = table_of("x[rows, :, torch.tensor([0, 1, 2])]")
    assert "(2, 1) and (3,) give (2, 3)" in table.note
    assert "come first" in table.note
    assert [row[4] for row in table.rows] == ["2, 3", "3", "together with the above", "(2, 3, 3)"]
    assert "come first" not in table_of("x[rows, torch.tensor([0, 1, 2])]").note


def test_a_write_says_what_is_broadcast_where() -> None:
    table = table_of("x[:, 0] = torch.ones(4, dtype=torch.float64)")
    assert table.rows[-1][1:] == ("is broadcast and written there", "–", "(4,)", "(2, 4)")
    assert table.note == "Written into storage A: 8 elements."
    assert table_of("x[0, 1] += 5").rows[-1][4] == "(4,)"


@settings(max_examples=80)
@given(
    st.sampled_from(["0", ":, 1", "1, 2", "x > 2", "[0, 0], 1", "..., None"]),
    st.lists(st.integers(1, 3), max_size=4).map(tuple),
)
def test_what_does_not_fit_into_the_selected_shape_is_marked(index: str, shape: tuple[int, ...]) -> None:
    source = f"x = {made((2, 3))}\nx[{index}] = torch.ones({shape}, dtype=torch.float64)"
    error = explorer.run(source).error
    table = titled(source, TITLE)
    assert table is not None
    assert (table.tone == "error") == (error is not None)
    *_, last = table.rows
    assert last[3] == str(shape)
    assert ("does not fit" in last[1]) == (error is not None)


@pytest.mark.parametrize(
    ("index", "row", "said"),
    [
        ("0, 3", 1, "3 is outside of 0 … 2"),
        ("0, 0, 0, 0", 3, "has no dimension left: there are 3"),
        ("::-1", 0, "step -1: torch steps forwards only"),
        ("[0, 2]", 0, "2 is outside of 0 … 1"),
        ("torch.tensor([True, True, True])", 0, "a mask of shape (3,) does not fit"),
    ],
)
def test_the_part_that_fails_is_marked(index: str, row: int, said: str) -> None:
    table = table_of(f"x[{index}]")
    assert (table.tone, table.marks) == ("error", ((row, 3),))
    assert table.rows[row][1] == said


def test_index_tensors_that_do_not_broadcast_are_marked() -> None:
    table = table_of("x[torch.tensor([0, 1]), torch.tensor([0, 1, 2])]")
    assert (table.tone, table.marks) == ("error", ((0, 4), (1, 4)))


@pytest.mark.parametrize("code", ["x[True]", "x[torch.tensor(True)]", "x[0][True, None]"])
def test_what_is_not_told_has_no_table(code: str) -> None:
    assert titled(f"x = torch.ones(2, 3)\ny = {code}", TITLE) is None


@settings(max_examples=40)
@given(st.integers(1, 4).flatmap(lambda rank: st.permutations(range(rank))), st.booleans(), st.booleans())
def test_the_other_librarys_call_orders_dimensions_alike(order: list[int], negative: bool, method: bool) -> None:
    dims = [dim - len(order) if negative else dim for dim in order]
    call = f"x.permute({', '.join(map(str, dims))})" if method else f"torch.permute(x, ({', '.join(map(str, dims))},))"
    check_both(tuple(range(2, 2 + len(order))), call)


@pytest.mark.parametrize("call", ["torch.transpose(x, 0, -1)", "x.transpose(1, 2)", "x.swapaxes(-1, 0)"])
def test_a_swap_of_two_dimensions_in_both_libraries(call: str) -> None:
    check_both((2, 3, 4), call)


@pytest.mark.parametrize(
    "call",
    [
        "torch.from_numpy(np.transpose(x.numpy(), (2, 0, 1)))",
        "torch.tensor(np.transpose(x.numpy(), axes=(-1, 0, 1)))",
        "torch.from_numpy(np.transpose(x.numpy()))",
    ],
)
def test_numpys_transpose_has_a_call_in_torch(call: str) -> None:
    check_both((2, 3, 4), call, array="x.numpy()")


def check_both(shape: tuple[int, ...], call: str, array: str = "x") -> None:
    """Check that every call of a table gives what the program's call gives."""
    table = titled(f"x = {made(shape)}\ny = {call}", "In torch and in NumPy")
    assert table is not None
    x = torch.arange(float(np.prod(shape)), dtype=torch.float64).reshape(shape)
    wanted = eval(call, {"torch": torch, "np": np, "x": x})  # noqa: S307 - the program's call in plain torch
    for library, code, _ in table.rows:
        given_x = x if library == "torch" else x.numpy()
        text = code.strip("`").replace(array, "x")
        got = eval(text, {"torch": torch, "np": np, "x": given_x})  # noqa: S307 - the call that is proposed
        np.testing.assert_array_equal(np.asarray(got), wanted.numpy())
    assert {row[0] for row in table.rows} == {"torch", "NumPy"}
