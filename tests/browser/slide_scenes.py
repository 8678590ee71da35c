"""Scenes with a layer that slides a window, from small programs, and what torch says about them."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

import explorer
from explorer.scene import Scene
from explorer.trace import Trace
from explorer.trace.contributors import contributors_of_all

STRIDED = """\
x = torch.arange(50.).view(1, 2, 5, 5) % 7 - 2
conv = nn.Conv2d(2, 4, 3, stride=2, padding=1)
conv.weight.data[:] = torch.arange(72.).view(4, 2, 3, 3) % 5 - 2
conv.bias.data[:] = torch.arange(4.)
y = conv(x)
"""
REFLECTED = """\
x = torch.randn(1, 2, 5, 5, requires_grad=True)
conv = nn.Conv2d(2, 2, 3, padding=1, padding_mode="reflect")
y = conv(x)
y.square().sum().backward()
"""
POOLED = """\
x = torch.randn(1, 2, 6, 6)
pool = nn.MaxPool2d(3, stride=2, ceil_mode=True)
y = pool(x)
"""
STRETCHED = """\
x = torch.arange(1., 10).view(1, 1, 3, 3)
up = nn.ConvTranspose2d(1, 1, 3, stride=2, padding=1, output_padding=1)
y = up(x)
"""
SERIES = """\
x = torch.randn(2, 30, 10)
conv = nn.Conv1d(30, 4, 5, stride=2)
y = conv(x)
"""
FOLDED = """\
x = torch.arange(36.).view(1, 9, 4)
y = F.fold(x, (4, 4), 3, padding=1, stride=2)
"""
STACKED = """\
x = torch.rand(1, 1, 12, 12)
net = nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.MaxPool2d(2))
y = net(x)
"""
FAILED = """\
x = torch.arange(50.).view(1, 2, 5, 5)
conv = nn.Conv2d(2, 4, 9)
y = conv(x)
"""
INDEXED = """\
x = torch.randn(1, 1, 6, 6)
y, i = nn.MaxPool2d(3, stride=3, return_indices=True)(x)
"""
VOLUME = """\
x = torch.randn(1, 1, 4, 5, 5)
conv = nn.Conv3d(1, 2, 3, padding=1)
y = conv(x)
"""
LARGE = """\
x = torch.arange(90_000.).view(1, 1, 300, 300) % 251
conv = nn.Conv2d(1, 2, 5)
y = conv(x)
"""
PRECISE = """\
x = torch.arange(36.).view(1, 1, 6, 6)
conv = nn.Conv2d(1, 1, 3, stride=2, bias=False)
y = conv(x)
"""
NORMED = """\
x = torch.arange(36.).view(1, 1, 6, 6)
y = nn.LPPool2d(2, 3, stride=2, ceil_mode=True)(x)
"""
COMPLEX = """\
x = (torch.arange(32.).view(1, 2, 4, 4) % 5) * (1 + 2j)
y = nn.Conv2d(2, 2, 3, bias=False).to(torch.complex64)(x)
"""
WHOLE = """\
x = torch.arange(16).view(1, 1, 4, 4)
y = F.avg_pool2d(x, 2)
"""
EXTREME = """\
x = torch.arange(-8., 8.).view(1, 1, 4, 4)
y = nn.LPPool2d(float("inf"), 2)(x)
"""
SINGLE = """\
x = torch.randn(1, 1, 4)
conv = nn.Conv1d(1, 1, 3)
y = conv(x)
"""
DAYS = """\
days = torch.arange(24.0)
x = torch.sin(days / 4) + 0.3 * torch.randn(24)
conv = nn.Conv1d(1, 1, 5, padding=2, bias=False, padding_mode="replicate")
conv.weight.data[:] = torch.ones(5) / 5
y = conv(x.reshape(1, 1, 24))
"""
DOUBLED = """\
x = torch.arange(16.).view(1, 1, 4, 4)
up = nn.ConvTranspose2d(1, 1, 2, stride=2)
y = up(x)
"""
LAYERS = {"strided": "Conv2d", "reflected": "Conv2d", "pooled": "MaxPool2d", "stretched": "ConvTranspose2d"}
PROGRAMS = {
    "strided": STRIDED, "reflected": REFLECTED, "pooled": POOLED, "stretched": STRETCHED, "series": SERIES,
    "folded": FOLDED, "stacked": STACKED, "failed": FAILED, "large": LARGE, "indexed": INDEXED, "volume": VOLUME,
    "precise": PRECISE, "normed": NORMED, "complex": COMPLEX, "whole": WHOLE, "extreme": EXTREME,
    "single": SINGLE, "days": DAYS, "doubled": DOUBLED,
}  # fmt: skip


@cache
def trace(name: str) -> Trace:
    """Return the trace of a program."""
    return explorer.run(PROGRAMS[name])


@cache
def scene(name: str) -> Scene:
    """Return the scene of a program."""
    return explorer.scene(trace(name), lens="convolution")


def values(name: str, variable: str) -> torch.Tensor:
    """Return what a variable of a program holds at its end."""
    held = trace(name).names[variable].values
    assert held is not None
    return torch.tensor(held)


def windows(size: int, kernel: int, stride: int) -> torch.Tensor:
    """Return for each cell of the kernel (rows) and each window (columns) the cell of a padded square that it reads."""
    cells = torch.arange(float(size * size)).view(1, 1, size, size)
    return functional.unfold(cells, kernel, stride=stride)[0].long()


def depends(name: str, channel: int) -> npt.NDArray[np.bool_]:
    """Return which cells of the input each output of a channel depends on, by trial: outputs × the input's shape."""
    own = trace(name)
    step = [step for step in own.steps if step.op == LAYERS[name]][-1]
    shape = step.outputs[0].shape
    count = math.prod(shape[2:])
    elements = range(channel * count, (channel + 1) * count)
    return contributors_of_all(own, step.index, elements=elements)[0].mask.reshape(count, *step.inputs[0].shape)
