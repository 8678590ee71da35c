import torch


class Accumulator:
    """For accumulating sums over `n` variables."""

    def __init__(self, n):
        self.data = [0.0] * n

    def add(self, *args):
        self.data = [a + float(b) for a, b in zip(self.data, args)]

    def reset(self):
        self.data = [0.0] * len(self.data)

    def __getitem__(self, idx):
        return self.data[idx]

    def __len__(self):
        return len(self.data)


metric = Accumulator(2)
metric.add(torch.tensor(3.0), 4)
metric.add(1, 1)
print(metric[0], metric[1], len(metric), metric[-1] / metric[0])
metric.reset()
print(metric.data)
