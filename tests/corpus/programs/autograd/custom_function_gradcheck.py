import torch
from torch.autograd import Function, gradcheck


class Exp(Function):
    @staticmethod
    def forward(ctx, i):
        result = i.exp()
        ctx.save_for_backward(result)
        return result

    @staticmethod
    def backward(ctx, grad_output):
        (result,) = ctx.saved_tensors
        return grad_output * result if ctx.needs_input_grad[0] else None


class StraightThrough(Function):
    @staticmethod
    def forward(ctx, x):
        return x.round()

    @staticmethod
    def backward(ctx, g):
        return g


x = torch.randn(3, dtype=torch.double, requires_grad=True)
print(gradcheck(Exp.apply, (x,), eps=1e-6, atol=1e-4))
w = torch.tensor([0.2, 0.7], requires_grad=True)
StraightThrough.apply(w).sum().backward()
print(w.grad)
