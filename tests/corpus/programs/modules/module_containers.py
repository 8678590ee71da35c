import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(4, 4) for _ in range(3)])
        self.heads = nn.ModuleDict({"a": nn.Linear(4, 1), "b": nn.Linear(4, 2)})
        self.scales = nn.ParameterList([nn.Parameter(torch.full((1,), float(i))) for i in range(3)])
        self.extra = nn.ParameterDict({"bias": nn.Parameter(torch.zeros(4))})

    def forward(self, x, head="a"):
        for i, layer in enumerate(self.layers):
            x = torch.tanh(layer(x)) * self.scales[i] + self.extra["bias"]
        return self.heads[head](x)


net = Net()
net.layers.append(nn.Linear(4, 4))
net.heads["c"] = nn.Linear(4, 3)
x = torch.ones(2, 4)
try:
    net(x)
except IndexError:
    print("no scale for the new layer")
net.scales.append(nn.Parameter(torch.ones(1)))
print(net(x).shape, net(x, head="c").shape, len(net.layers), list(net.heads.keys()), "a" in net.heads)
print([name for name, p in net.named_parameters() if p.dim() == 1])
for name, head in net.heads.items():
    print(name, head.out_features)
