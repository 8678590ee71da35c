"""What an element depends on, for every dtype: also those for which torch has few operations."""

from __future__ import annotations

import numpy as np
import pytest

import explorer
from explorer.trace.bits import DTYPES

# each element of the results depends on exactly one of `x`: on which, for a result of the shape (3, 2)
CALLS = {
    "x.t()": [[0, 3], [1, 4], [2, 5]],
    "x.t().contiguous()": [[0, 3], [1, 4], [2, 5]],
    "x.view(3, 2)": [[0, 1], [2, 3], [4, 5]],
    "x.view(3, 2).clone()": [[0, 1], [2, 3], [4, 5]],
    "torch.cat([x.t()])": [[0, 3], [1, 4], [2, 5]],
    "x.t().to(torch.complex128)": [[0, 3], [1, 4], [2, 5]],
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_moved_and_converted_elements_depend_on_their_source(dtype: str, call: str) -> None:
    trace = explorer.run(f"import torch\nx = torch.tensor([[1, 2, 3], [4, 5, 6]]).to(torch.{dtype})\ny = {call}\n")
    assert trace.error is None
    last = trace.steps[-1]
    sources = {"x.t()": np.arange(6).reshape(2, 3), "x.view(3, 2)": np.arange(6).reshape(2, 3)}
    before = sources.get(call, np.array(CALLS[call]))  # where each element of the last call's argument came from
    for place in np.ndindex(3, 2):
        [found] = explorer.contributors(trace, last.index, place).arguments
        assert before.reshape(-1)[found.mask.reshape(-1)].tolist() == [CALLS[call][place[0]][place[1]]]
