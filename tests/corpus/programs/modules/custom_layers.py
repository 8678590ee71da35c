import torch
import torch.nn.functional as F
from torch import nn


class CenteredLayer(nn.Module):
    def __init__(self):
        super().__init__()

    def forward(self, X):
        return X - X.mean()


class MyLinear(nn.Module):
    def __init__(self, in_units, units):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_units, units))
        self.bias = nn.Parameter(torch.randn(units,))

    def forward(self, X):
        linear = torch.matmul(X, self.weight.data) + self.bias.data
        return F.relu(linear)

    def extra_repr(self):
        return f"{self.weight.shape[0]} -> {self.weight.shape[1]}"


print(CenteredLayer()(torch.tensor([1.0, 2, 3, 4, 5])))
net = nn.Sequential(MyLinear(8, 4), CenteredLayer(), MyLinear(4, 1))
print(net, net(torch.ones(1, 8)).shape, net[0].weight.requires_grad)
