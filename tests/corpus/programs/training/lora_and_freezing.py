import torch
from torch import nn


class LoRA(nn.Module):
    def __init__(self, base: nn.Linear, rank: int = 2):
        super().__init__()
        self.base = base
        for p in self.base.parameters():
            p.requires_grad_(False)
        self.A = nn.Parameter(torch.randn(rank, base.in_features) * 0.1)
        self.B = nn.Parameter(torch.zeros(base.out_features, rank))

    def forward(self, x):
        return self.base(x) + x @ self.A.T @ self.B.T


torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
before = net(torch.ones(1, 4))
for name, child in list(net.named_children()):
    if isinstance(child, nn.Linear):
        setattr(net, name, LoRA(child))
print(net)
print(torch.equal(net(torch.ones(1, 4)), before), sum(p.numel() for p in net.parameters() if p.requires_grad))
net(torch.ones(1, 4)).sum().backward()
print([n for n, p in net.named_parameters() if p.grad is not None])
