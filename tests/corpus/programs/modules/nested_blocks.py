import torch
from torch import nn


def block1():
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 4), nn.ReLU())


def block2():
    net = nn.Sequential()
    for i in range(2):
        net.add_module(f"block {i}", block1())
    return net


class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 8), nn.ReLU(), nn.Linear(8, 4), nn.ReLU())
        self.linear = nn.Linear(4, 4)

    def forward(self, X):
        return self.linear(self.net(X))


rgnet = nn.Sequential(NestMLP(), block2(), nn.Linear(4, 1))
print(rgnet)
print(rgnet(torch.ones(2, 20)).shape, rgnet[1][0][1], rgnet[0].net[2].bias.data.shape)
rgnet.get_submodule("0.net.0").in_features
