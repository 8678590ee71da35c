import torch
from torch import nn

shared = nn.Linear(8, 8)
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), shared, nn.ReLU(), shared, nn.ReLU(), nn.Linear(8, 1))
net(torch.ones(2, 4)).sum().backward()
print(net[2].weight.data[0] == net[4].weight.data[0])
net[2].weight.data[0, 0] = 100
print(net[2].weight.data[0, 0] == net[4].weight.data[0, 0], net[2] is net[4])
print(len(list(net.parameters())), sum(1 for _ in net.named_parameters(remove_duplicate=False)))
tied = nn.Linear(3, 5, bias=False)
tied.weight = nn.Embedding(5, 3).weight
print(tied.weight.shape)
