"""How many bytes a backward pass keeps: what tensors share is counted once."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

import explorer
from explorer.lenses.autograd.memory import kept_bytes


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 10)), max_size=5))
def test_slices_of_one_storage_count_each_element_once(slices: list[tuple[int, int]]) -> None:
    lines = [f"y{place} = x[{first}:{first + length}].exp()" for place, (first, length) in enumerate(slices)]
    taken = [f"z{place} = x[{first}:{first + length}] ** 2" for place, (first, length) in enumerate(slices)]
    trace = explorer.run("\n".join(["x = torch.rand(19, requires_grad=True)", *lines, *taken]))
    assert trace.error is None, trace.error
    saved = [one for node in trace.graph.nodes for one in node.saved]
    counted = np.zeros(19, bool)
    for first, length in slices:
        counted[first : first + length] = True
    results = sum(length for _, length in slices)
    assert kept_bytes(saved) == (int(counted.sum()) + results) * torch.float32.itemsize


def test_gates_of_one_storage_count_each() -> None:
    trace = explorer.run("cell = nn.LSTMCell(2, 3)\nh, c = cell(torch.ones(1, 2))")
    gates = [node.saved[0] for node in trace.graph.nodes if node.name == "SigmoidBackward0"]
    assert len({gate.storage for gate in gates}) == 1
    assert kept_bytes(gates) == 3 * 3 * torch.float32.itemsize
    assert kept_bytes([*gates, *gates]) == kept_bytes(gates)
