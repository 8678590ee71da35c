"""Scenes with layers that normalise, from small programs, and what torch says about them."""

from __future__ import annotations

import torch

from tests.browser.recorded import Recorded

BATCH = """\
torch.manual_seed(0)
x = torch.randn(3, 4, 3, 3) * 2 + torch.tensor([1., -1., 0., 3.]).view(4, 1, 1)
bn = nn.BatchNorm2d(4)
y = bn(x)
"""
COMPARED = BATCH + "ln = nn.LayerNorm([4, 3, 3])\nz = ln(x)\n"
SEVERAL = COMPARED + "w = nn.GroupNorm(2, 4)(x)\nother = nn.LayerNorm([4, 3, 3])(y)\n"
FOUR = """\
x = torch.randn(2, 6, 2, 3)
y = nn.GroupNorm(3, 6)(x)
z = nn.InstanceNorm2d(6)(x)
w = nn.LayerNorm([6, 2, 3])(x)
v = nn.GroupNorm(1, 6)(x)
"""
TURNED = """\
x = torch.randn(2, 3, 4)
y = nn.BatchNorm1d(4)(x.transpose(1, 2))
z = nn.LayerNorm(4)(x)
"""
RESHAPED = """\
x = torch.randn(2, 4, 3, 3)
y = nn.BatchNorm1d(4)(x.view(2, 4, 9))
z = nn.LayerNorm(4)(x.permute(0, 2, 3, 1))
"""
GROUPED = """\
x = torch.randn(2, 6, 3, 3)
gn = nn.GroupNorm(3, 6)
y = gn(x)
"""
INSTANCES = """\
x = torch.randn(8, 16, 3, 3)
y = nn.InstanceNorm2d(16)(x)
"""
TEXT = """\
x = torch.randn(3, 5, 6)
ln = nn.LayerNorm(6)
y = ln(x)
"""
FLAT = """\
x = torch.randn(6, 5)
bn = nn.BatchNorm1d(5)
y = bn(x)
"""
VOLUME = """\
x = torch.randn(2, 2, 3, 4, 4)
y = nn.BatchNorm3d(2)(x)
"""
RESPONSE = """\
x = torch.randn(1, 6, 3, 3)
y = nn.LocalResponseNorm(3)(x)
"""
ROOT = """\
x = torch.randn(4, 8)
y = nn.RMSNorm(8)(x)
"""
WEIGHTS = """\
x = torch.randn(2, 5)
fc = torch.nn.utils.parametrizations.weight_norm(nn.Linear(5, 3))
y = fc(x)
"""
LOOP = """\
torch.manual_seed(1)
bn = nn.BatchNorm1d(3)
for k in range(6):
    y = bn(torch.randn(8, 3) * 2 + 5)
bn.eval()
z = bn(torch.randn(4, 3))
"""
BACKWARD = """\
x = torch.randn(2, 3, 2, 2, requires_grad=True)
bn = nn.BatchNorm2d(3)
y = bn(x)
y.pow(3).sum().backward()
"""
META = """\
x = torch.empty(2, 3, 4, 4, device="meta")
y = nn.BatchNorm2d(3, device="meta")(x)
"""
EMPTY = """\
x = torch.randn(0, 3, 4)
y = nn.LayerNorm(4)(x)
"""
ODD = """\
x = torch.randn(2, 2, 2, 2)
x[0, 0, 0, 0] = float("nan")
x[1, 1, 1, 1] = float("inf")
y = nn.BatchNorm2d(2)(x)
"""
LARGE = """\
x = torch.randn(8, 16, 32, 32)
bn = nn.BatchNorm2d(16)
y = bn(x)
"""
BY_HAND = """\
x = torch.randn(5, 3) * 2 + 1
y = (x - x.mean(0)) / x.std(0)
"""
FAILED = """\
x = torch.randn(1, 4)
bn = nn.BatchNorm1d(4)
y = bn(x)
"""
PROGRAMS = {
    "batch": BATCH, "compared": COMPARED, "several": SEVERAL, "four": FOUR, "turned": TURNED, "reshaped": RESHAPED,
    "grouped": GROUPED, "instances": INSTANCES, "text": TEXT, "flat": FLAT,
    "volume": VOLUME, "response": RESPONSE, "root": ROOT, "weights": WEIGHTS, "loop": LOOP, "backward": BACKWARD,
    "meta": META, "empty": EMPTY, "odd": ODD, "large": LARGE, "by_hand": BY_HAND, "failed": FAILED,
}  # fmt: skip


_RECORDED = Recorded(PROGRAMS, "normalization")
trace, scene, values = _RECORDED.trace, _RECORDED.scene, _RECORDED.values


def module(name: str, variable: str) -> dict[str, torch.Tensor]:
    """Return what a module of a program keeps at the end, when the program is run without the explorer."""
    space: dict[str, object] = {"torch": torch, "nn": torch.nn}
    exec(PROGRAMS[name], space)  # noqa: S102 - a program of this file
    held = space[variable]
    assert isinstance(held, torch.nn.Module)
    return dict(held.state_dict())
