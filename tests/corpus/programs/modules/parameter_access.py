import torch
from torch import nn

net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
print(net[2].state_dict().keys(), type(net[2].bias), net[2].bias.shape, net[2].weight.grad is None)
print(*[(name, param.shape) for name, param in net.named_parameters()])
print(net.state_dict()["2.bias"].data.shape, dict(net.named_modules())["0"], net.get_parameter("0.weight").shape)
print(sum(p.numel() for p in net.parameters() if p.requires_grad), next(net.parameters()).device)
print(len(net._modules), list(net._modules), net[0]._parameters.keys(), net._modules["1"])
net[0].weight = nn.Parameter(torch.ones(8, 4))
print(net[0].weight.sum(), isinstance(net[0].weight, nn.Parameter), isinstance(net[0].weight, torch.Tensor))
net.to(torch.float64)
net[0].weight.dtype
