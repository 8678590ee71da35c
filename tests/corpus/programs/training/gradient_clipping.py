import torch
from torch import nn


def grad_clipping(net, theta):
    if isinstance(net, nn.Module):
        params = [p for p in net.parameters() if p.requires_grad]
    else:
        params = net.params
    norm = torch.sqrt(sum(torch.sum((p.grad**2)) for p in params))
    if norm > theta:
        for param in params:
            param.grad[:] *= theta / norm
    return norm


torch.manual_seed(0)
net = nn.Linear(3, 3)
(net(torch.full((1, 3), 100.0)) ** 2).sum().backward()
before = grad_clipping(net, 1.0)
after = grad_clipping(net, 1.0)
print(before > 1, torch.isclose(after, torch.tensor(1.0)))
net.zero_grad()
print(net.weight.grad)
