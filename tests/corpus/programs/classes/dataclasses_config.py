from dataclasses import dataclass, field

import torch
from torch import nn


@dataclass
class Config:
    hidden: int = 8
    layers: int = 2
    names: list = field(default_factory=list)

    def total(self):
        return self.hidden * self.layers


@dataclass(frozen=True)
class Point:
    x: float
    y: float = 0.0


config = Config(hidden=4)
config.names.append("a")
print(config, config.total(), config == Config(4, 2, ["a"]), Point(1.0))
net = nn.Sequential(*[nn.Linear(config.hidden, config.hidden) for _ in range(config.layers)])
print(net(torch.ones(2, config.hidden)).shape)
