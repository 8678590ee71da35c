import torch

x = torch.ones(2, requires_grad=True)


def check(grad):
    raise ValueError("gradient refused")


x.register_hook(check)
(x * 2).sum().backward()
