import torch


def scale(x, factor):
    return x * factor


print(scale(torch.ones(1), 2))
scale(torch.ones(1))
