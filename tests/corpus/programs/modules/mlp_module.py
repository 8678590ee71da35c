import torch
from torch import nn
from torch.nn import functional as F


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(20, 32)
        self.out = nn.Linear(32, 10)

    def forward(self, X):
        return self.out(F.relu(self.hidden(X)))


torch.manual_seed(0)
net = MLP()
X = torch.rand(2, 20)
print(net)
print(net(X))
print([name for name, _ in net.named_parameters()], sum(p.numel() for p in net.parameters()))
net.hidden.weight.shape, net.out.bias[:3]
