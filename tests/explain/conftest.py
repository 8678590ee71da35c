"""Fixes are tried within a short time; what torch loads when it is first used must not be part of it."""

from __future__ import annotations

import pytest

import explorer

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
