import torch
from torch import nn

net = nn.Sequential(
    nn.Conv2d(3, 8, 3),
    nn.ReLU(),
)
net(torch.ones(1, 1, 8, 8))
