"""A small ResNet, the model of the recording benchmark: 8 basic blocks of 16 channels."""

from __future__ import annotations

import torch
from torch import nn

CHANNELS, BLOCKS, CLASSES = 16, 8, 10
SHAPE = (2, 3, 32, 32)


class Block(nn.Module):
    """Two 3 × 3 convolutions with batch normalisation, and a shortcut (He et al., 2016, figure 2)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(CHANNELS)
        self.conv2 = nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(CHANNELS)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (N, 16, H, W) to the same shape."""
        y = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(self.bn2(self.conv2(y)) + x)


class ResNet(nn.Module):
    """A stem, the blocks, the mean over all pixels, a linear layer, the sum of all scores."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, CHANNELS, 3, padding=1, bias=False)
        self.blocks = nn.Sequential(*[Block() for _ in range(BLOCKS)])
        self.head = nn.Linear(CHANNELS, CLASSES)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (N, 3, H, W) to a number, from which backward can start."""
        return self.head(self.blocks(self.stem(x)).mean((2, 3))).sum()  # type: ignore[no-any-return]


def build() -> tuple[ResNet, torch.Tensor]:
    """Return the model and an input, the same each time."""
    torch.manual_seed(0)
    return ResNet(), torch.rand(SHAPE)
