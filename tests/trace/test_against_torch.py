"""A trace says what plain torch says: shape, stride, offset, sharing, values, and where a program fails."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

import explorer
from tests.programs import CALLS, DTYPES, as_numpy, calls, dtypes, plain_run, program, shapes


@settings(max_examples=250)
@given(shapes, dtypes, calls)
def test_names_are_what_plain_torch_makes_of_them(shape: tuple[int, ...], dtype: str, chain: list[str]) -> None:
    source = program(shape, dtype, chain)
    expected, failing_line = plain_run(source)
    trace = explorer.run(source)
    assert (trace.error.line if trace.error else None) == failing_line
    assert set(trace.names) == set(expected)
    for name, tensor in expected.items():
        state = trace.names[name]
        assert state.shape == tuple(tensor.shape)
        assert state.stride == tensor.stride()
        assert state.storage_offset == tensor.storage_offset()
        assert state.dtype == tensor.dtype
        assert state.is_contiguous == tensor.is_contiguous()
        assert state.storage_nbytes == tensor.untyped_storage().nbytes()
        corner = tuple(slice(0, size) for size in state.window)
        np.testing.assert_array_equal(state.values, as_numpy(tensor)[corner])


@settings(max_examples=150)
@given(shapes, dtypes, calls)
def test_storages_are_shared_as_in_plain_torch(shape: tuple[int, ...], dtype: str, chain: list[str]) -> None:
    source = program(shape, dtype, chain)
    expected, _ = plain_run(source)
    names = explorer.run(source).names
    for one, first in expected.items():
        for other, second in expected.items():
            shares = first.untyped_storage()._cdata == second.untyped_storage()._cdata
            assert (names[one].storage == names[other].storage) == shares


@settings(max_examples=150)
@given(shapes, calls)
def test_kind_view_means_that_no_byte_was_allocated(shape: tuple[int, ...], chain: list[str]) -> None:
    trace = explorer.run(program(shape, "float32", chain))
    for step in trace.steps:
        if not step.outputs or not step.inputs:
            continue
        shares = {state.storage for state in step.inputs} >= {state.storage for state in step.outputs}
        assert (step.kind == "view") == shares
        if step.kind == "view":
            assert step.bytes_new == 0


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_dtype_is_recorded(dtype: str) -> None:
    trace = explorer.run(f"x = torch.tensor([[0, 1], [1, 0]]).to(torch.{dtype})")
    assert trace.error is None
    assert str(trace.names["x"].dtype) == f"torch.{dtype}"
    np.testing.assert_array_equal(np.asarray(trace.names["x"].values).real.astype(float), [[0, 1], [1, 0]])


@pytest.mark.parametrize("call", CALLS)
def test_spans_cover_the_text_of_the_call(call: str) -> None:
    source = program((2, 3), "int64", [call])
    trace = explorer.run(source)
    for step in trace.steps:
        assert step.line == step.end_line
        assert source.split("\n")[step.line - 1][step.column : step.end_column] == step.expression
    last = source.split("\n")[1].partition(" = ")[2]
    if trace.error is None:
        assert trace.steps[-1].expression == last
    else:
        error = trace.error
        assert source.split("\n")[error.line - 1][error.column : error.end_column] in last


def test_columns_count_characters_not_bytes() -> None:
    step = explorer.run("größe = 'ééé'; x = torch.arange(3)").steps[0]
    assert step.expression == "torch.arange(3)"


def test_meta_has_shapes_and_no_values() -> None:
    trace = explorer.run("x = torch.arange(24).view(4, 6)\ny = x.t().reshape(3, 8)", device="meta")
    assert trace.error is None
    assert trace.names["y"].shape == (3, 8)
    assert trace.names["y"].values is None
    assert trace.steps[-1].kind == "copy"
    assert str(trace.names["y"].device) == "meta"


def test_in_place_steps_name_their_kind_and_versions() -> None:
    trace = explorer.run("x = torch.zeros(3)\ny = x[1:]\ny[0] = 7\nx += 1\nz = x.add_(1)")
    assert [step.kind for step in trace.steps] == ["create", "view", "inplace", "inplace", "inplace"]
    np.testing.assert_array_equal(trace.names_at(2)["x"].values, [0, 7, 0])
    np.testing.assert_array_equal(trace.names_at(1)["x"].values, [0, 0, 0])
    np.testing.assert_array_equal(trace.names["y"].values, [9, 2])
    assert trace.steps[2].expression == "y[0] = 7"
    assert trace.names["z"].tensor == trace.names["x"].tensor


def test_memory_shared_with_numpy_is_seen() -> None:
    trace = explorer.run("a = np.zeros(3)\nx = torch.from_numpy(a)\ny = x.view(3)\na[1] = 5\nz = x.clone()")
    assert trace.error is None
    np.testing.assert_array_equal(trace.names["z"].values, [0, 5, 0])
    np.testing.assert_array_equal(trace.names["x"].values, [0, 5, 0])
    assert trace.names["x"].storage == trace.names["y"].storage


def test_large_tensors_keep_a_documented_window() -> None:
    trace = explorer.run("x = torch.arange(10**6).view(10, 1000, 100)\ny = torch.arange(10**5)")
    state = trace.names["x"]
    assert state.window == (4, 64, 64)  # the last two dimensions, and slabs within a bound
    expected = np.arange(10**6).reshape(10, 1000, 100)[:4, :64, :64]
    np.testing.assert_array_equal(state.values, expected)
    assert trace.names["y"].window == (1024,)


def test_a_small_storage_read_a_billion_times_keeps_a_window() -> None:
    state = explorer.run("x = torch.arange(1000).expand(10**6, 1000)").names["x"]
    assert state.window == (64, 64)
    np.testing.assert_array_equal(state.values, np.broadcast_to(np.arange(64), (64, 64)))


def test_statistics_are_torchs() -> None:
    trace = explorer.run("x = torch.tensor([1.0, 2.0, float('nan'), float('inf'), 4.0])\ny = torch.arange(10**5)")
    found = trace.names["x"].statistics
    assert found is not None
    assert (found.count, found.nan_count, found.inf_count) == (5, 1, 1)
    assert (found.minimum, found.maximum) == (1.0, 4.0)
    assert found.mean == pytest.approx(7 / 3)
    large = trace.names["y"].statistics
    assert large is not None
    assert (large.minimum, large.maximum, sum(large.histogram)) == (0, 10**5 - 1, 10**5)


def test_backward_is_recorded_in_engine_order() -> None:
    trace = explorer.run("x = torch.tensor([1.0, 2.0], requires_grad=True)\ny = (x * x).sum()\ny.backward()")
    assert [event.node for event in trace.backward] == ["SumBackward0", "MulBackward0", "AccumulateGrad"]
    np.testing.assert_array_equal(trace.names["x"].grad, [2, 4])
    assert trace.names["y"].grad is None
    assert "not a leaf" in trace.names["y"].grad_reason
    names = [node.name for node in trace.graph.nodes]
    assert set(names) == {"SumBackward0", "MulBackward0", "AccumulateGrad"}
    assert trace.graph.leaves == ((names.index("AccumulateGrad"), "x"),)


def test_names_at_follows_bindings() -> None:
    trace = explorer.run("x = torch.zeros(2)\ny = x\nx = torch.ones(3)\ndel y")
    assert set(trace.names_at(0)) == {"x", "y"}
    assert trace.names_at(0)["y"].shape == (2,)
    assert trace.names["x"].shape == (3,)
    assert "y" not in trace.names
    with pytest.raises(IndexError):
        trace.names_at(5)
