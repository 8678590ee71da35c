"""What optimisers call inside their steps is listed for the first thousands of calls; the steps themselves go on."""

from __future__ import annotations

import numpy as np
import pytest

from explorer import Trace, run
from explorer.trace import inside
from explorer.trace.budget import LATER_A_PLACE
from explorer.trace.model import TensorState

_PROGRAM = """
net = nn.Linear(3, 2)
opt = torch.optim.{optimiser}
x, y = torch.randn(5, 3), torch.randn(5, 2)
for i in range(8):
    opt.zero_grad()
    F.mse_loss(net(x), y).backward()
    opt.step()
    seen = net.weight * 1
"""


def _told(states: tuple[TensorState, ...]) -> list[tuple[object, ...]]:
    return [(s.shape, s.version, s.requires_grad, None if s.values is None else s.values.tolist()) for s in states]


def _steps(trace: Trace) -> list[tuple[object, ...]]:
    return [(s.op, s.kind, _told(s.inputs), _told(s.outputs)) for s in trace.steps if s.op not in ("Linear", "Adam")]


@pytest.mark.parametrize("optimiser", ["Adam(net.parameters())", "SGD(net.parameters(), lr=0.1, momentum=0.9)"])
def test_beyond_the_limit_steps_are_the_same_without_their_lists(
    optimiser: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = _PROGRAM.format(optimiser=optimiser)
    listed = run(source)
    monkeypatch.setattr(inside, "MAX_OF_OPTIMISERS", 1)
    folded = run(source)
    assert [len(s.details) > 0 for s in listed.steps if s.op == "step"] == [True] * 8
    kept = [len(s.details) > 0 for s in folded.steps if s.op == "step"]
    assert kept == [number < LATER_A_PLACE - 1 for number in range(8)]
    assert _steps(folded) == _steps(listed)
    for name, state in listed.names.items():
        assert state.values is not None
        np.testing.assert_array_equal(state.values, folded.names[name].values)
