from collections import OrderedDict

import torch
from torch import nn

net = nn.Sequential(OrderedDict([("fc1", nn.Linear(4, 3)), ("act", nn.Tanh()), ("fc2", nn.Linear(3, 2))]))
print(net.fc1, net[0] is net.fc1, len(net), net[-1].out_features)
net.add_module("soft", nn.Softmax(dim=1))
net.append(nn.Identity())
print(net(torch.zeros(1, 4)).sum())
print([type(layer).__name__ for layer in net], net[:2])
blocks = nn.Sequential()
for i in range(2):
    blocks.add_module(f"block{i}", nn.Sequential(nn.Linear(4, 4), nn.ReLU()))
print(blocks)
print(blocks[1][0].bias.shape, blocks.block0)
