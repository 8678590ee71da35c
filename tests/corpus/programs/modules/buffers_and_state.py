import torch
from torch import nn


class RunningMean(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.register_buffer("mean", torch.zeros(n))
        self.register_parameter("gain", nn.Parameter(torch.ones(n)))
        self.count = 0

    def forward(self, x):
        if self.training:
            self.count += 1
            self.mean += (x.mean(0) - self.mean) / self.count
        return (x - self.mean) * self.gain


m = RunningMean(2)
m(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
m(torch.tensor([[3.0, 4.0]]))
print(m.mean, m.state_dict(), list(m.buffers()), [n for n, _ in m.named_buffers()])
m.eval()
print(m(torch.zeros(1, 2)), m.count, m.training)
m.double()
print(m.gain.dtype, m.mean.dtype)
