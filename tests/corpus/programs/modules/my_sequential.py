import torch
from torch import nn


class MySequential(nn.Module):
    def __init__(self, *args):
        super().__init__()
        for idx, module in enumerate(args):
            self.add_module(str(idx), module)

    def forward(self, X):
        for module in self.children():
            X = module(X)
        return X


net = MySequential(nn.Linear(20, 8), nn.ReLU(), nn.Linear(8, 3))
print(net)
print(net(torch.ones(2, 20)).shape, len(list(net.modules())), [n for n, _ in net.named_children()])
