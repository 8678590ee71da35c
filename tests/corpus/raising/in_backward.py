import torch


class Broken(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, g):
        raise RuntimeError("broken backward")


x = torch.ones(1, requires_grad=True)
y = Broken.apply(x)
y.sum().backward()
