import torch
from torch import nn


class Countable:
    def count(self):
        return sum(p.numel() for p in self.parameters())


class Named:
    title = "untitled"

    def hello(self):
        return f"I am {self.title}"


class Net(nn.Module, Countable, Named):
    title = "Net"

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 2)

    def forward(self, x):
        return self.fc(x)


net = Net()
print(net.count(), net.hello(), net(torch.ones(1, 3)).shape, isinstance(net, Countable))
