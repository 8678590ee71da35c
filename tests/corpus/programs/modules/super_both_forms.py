import torch
from torch import nn


class Base(nn.Module):
    def __init__(self, width=4):
        super(Base, self).__init__()
        self.fc = nn.Linear(2, width)

    def forward(self, x):
        return self.fc(x)


class Child(Base):
    def __init__(self):
        super().__init__(width=3)
        self.head = nn.Linear(3, 1)

    def forward(self, x):
        return self.head(torch.relu(super().forward(x)))


class Oldest(nn.Module):
    def __init__(self):
        nn.Module.__init__(self)
        self.scale = nn.Parameter(torch.tensor(2.0))

    def forward(self, x):
        return self.scale * x


print(Child()(torch.ones(5, 2)).shape, Oldest()(torch.ones(2)), len(list(Child().parameters())))
