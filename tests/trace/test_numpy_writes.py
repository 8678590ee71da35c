"""What is written through NumPy arrays that share memory with tensors is a step of its own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import explorer
from explorer.trace.kinds import NUMPY_WRITE
from explorer.trace.model import Trace


def written(trace: Trace) -> list[str]:
    """Return the texts of the lines that wrote through NumPy."""
    assert trace.error is None, trace.error
    return [step.expression for step in trace.steps if step.op == NUMPY_WRITE]


WAYS = {
    "an item": ("x = torch.zeros(4)\na = x.numpy()", "a[0] = 5"),
    "in place": ("x = torch.zeros(4)\na = x.numpy()", "a += 1"),
    "a method": ("x = torch.zeros(4)\na = x.numpy()", "a.fill(3)"),
    "a slice of it": ("x = torch.zeros(4)\nb = x.numpy()[1:]", "b[:] = 2"),
    "detached": ("x = torch.zeros(4, requires_grad=True)\na = x.detach().numpy()", "a[3] = 1"),
    "from_numpy": ("a = np.zeros(4)\nx = torch.from_numpy(a)", "a[1] = 7"),
    "as_tensor": ("a = np.zeros(4)\nx = torch.as_tensor(a)", "a[1] = 7"),
    "asarray": ("x = torch.zeros(4)\na = np.asarray(x)", "a[2] = 1"),
    "a function": ("x = torch.zeros(4)\na = x.numpy()\ndef f():\n    a[0] = 1", "f()"),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_write_through_numpy_is_a_step_with_the_values_before_and_after(way: str) -> None:
    before, line = WAYS[way]
    trace = explorer.run(f"{before}\n{line}\ny = x + 1\n")
    assert written(trace) == ["a[0] = 1" if way == "a function" else line]
    step = next(step for step in trace.steps if step.op == NUMPY_WRITE)
    old, new = step.inputs[0], step.outputs[0]
    assert step.kind == "inplace"
    assert old.values is not None
    assert new.values is not None
    assert not old.values.any()
    assert new.values.any()
    x = trace.names["x"]
    assert x.storage == new.storage
    after_write, at_the_end = trace.names_at(step.index)["x"].values, x.values
    assert after_write is not None
    np.testing.assert_array_equal(after_write, at_the_end)
    earlier = trace.names_at(step.index - 1)["x"].values
    assert earlier is not None
    assert not earlier.any()


@pytest.mark.parametrize(
    "source",
    [
        "a = np.zeros(4)\nx = torch.tensor(a)\na[0] = 1\ny = x + 1",
        "x = torch.zeros(4)\na = x.numpy().copy()\na[0] = 1\ny = x + 1",
        "x = torch.zeros(4)\na = x.numpy()\nx[0] = 1\nx.add_(1)\ny = x + a[0]",
        "x = torch.zeros(4)\na = x.numpy()\na[0] = 0\ny = x + 1",
        (
            "x = torch.zeros(2, requires_grad=True)\na = x.detach().numpy()\no = torch.optim.SGD([x], 0.1)\n"
            "x.sum().backward()\no.step()\ny = x + 1"
        ),
    ],
)
def test_copies_and_what_torch_writes_are_no_writes_through_numpy(source: str) -> None:
    assert not written(explorer.run(source))


@settings(max_examples=40)
@given(
    st.integers(2, 5),
    st.lists(st.tuples(st.booleans(), st.integers(0, 4), st.integers(-9, 9)), min_size=1, max_size=6),
)
def test_the_values_after_each_step_are_those_of_plain_numpy(size: int, writes: list[tuple[bool, int, int]]) -> None:
    lines = [f"{'a' if numpy else 'x'}[{place % size}] = {value}" for numpy, place, value in writes]
    trace = explorer.run("\n".join([f"x = torch.zeros({size})", "a = x.numpy()", *lines]))
    expected, history = np.zeros(size, dtype=np.float32), []
    for numpy, place, value in writes:
        changes = expected[place % size] != value
        expected[place % size] = value
        if changes or not numpy:
            history.append(expected.copy())
    steps = [step for step in trace.steps if step.kind == "inplace"]
    assert len(steps) == len(history)
    for step, values in zip(steps, history, strict=True):
        np.testing.assert_array_equal(trace.names_at(step.index)["x"].values, values)


def test_names_of_arrays_say_whose_memory_they_look_at() -> None:
    trace = explorer.run(
        "x = torch.arange(6.).view(2, 3)\na = x.numpy()\nb = a.T[1:]\nc = a.copy()\ny = torch.from_numpy(c)\n"
    )
    found = {binding.name: binding for binding in trace.arrays[-1]}
    assert len(trace.arrays) == len(trace.bindings)
    assert (found["a"].storage, found["a"].shape, found["a"].storage_offset) == (trace.names["x"].storage, (2, 3), 0)
    assert (found["b"].stride, found["b"].storage_offset) == ((1, 3), 1)
    assert found["c"].storage == trace.names["y"].storage


def test_programs_without_arrays_note_none() -> None:
    assert explorer.run("x = torch.zeros(3)\nx[0] = 1").arrays == ()


def test_from_numpy_is_one_step_that_allocates_nothing() -> None:
    trace = explorer.run("a = np.arange(4)\nx = torch.from_numpy(a)")
    assert [(step.op, step.kind, step.bytes_new) for step in trace.steps] == [("from_numpy", "view", 0)]


def test_resize_tells_what_it_allocates() -> None:
    trace = explorer.run("x = torch.arange(4)\nx.resize_(2)\nx.resize_(8)")
    assert [step.bytes_new for step in trace.steps] == [32, 0, 64]
    assert explorer.scene(trace).strips[0].nbytes == 64
