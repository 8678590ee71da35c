import torch
from torch import nn

torch.manual_seed(0)


def init_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_uniform_(m.weight)
        nn.init.zeros_(m.bias)
    if type(m) == nn.Conv2d:
        nn.init.kaiming_normal_(m.weight, nonlinearity="relu")


net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
net.apply(init_weights)
print(net[0].weight[0], net[0].bias.sum())
nn.init.normal_(net[2].weight, mean=0, std=0.01)
nn.init.constant_(net[2].bias, 42)
print(net[2].weight.std() < 0.1, net[2].bias)
nn.init.uniform_(net[0].weight, -10, 10)
net[0].weight.data *= net[0].weight.data.abs() >= 5
print((net[0].weight == 0).any(), net[0].weight.abs().max() <= 10)
w = torch.empty(3, 3)
print(nn.init.eye_(w), nn.init.orthogonal_(w).T @ w, nn.init.calculate_gain("relu"), nn.init.trunc_normal_(w, std=0.02).shape)
