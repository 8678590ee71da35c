import torch


def add(x, y):
    total = x + y
    return total


print(add(torch.ones(2), torch.ones(2)))
for n in (1, 2, 4):
    print(add(torch.ones(2), torch.ones(n)))
