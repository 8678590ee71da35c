"""Fixes are tried within a short time; what torch loads when it is first used must not be part of it."""

from __future__ import annotations

from functools import partial

import pytest

import explorer
from explorer.program import errors
from explorer.program.explain import Rerun

WARM = """\
model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.LazyLinear(3))
loss = F.cross_entropy(model(torch.ones(2, 1, 4, 4)), torch.tensor([0, 2]))
loss.backward()
print(loss)
loss.backward()
"""


@pytest.fixture(scope="session", autouse=True)
def _warm() -> None:
    explorer.run(WARM)
    explorer.run("x = torch.ones(2, 3)\nx @ x")


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let fixes be tried for as long as they need: which ones there are is meant, not how fast the machine is."""
    monkeypatch.setattr(errors, "Rerun", partial(Rerun, left=60.0))
