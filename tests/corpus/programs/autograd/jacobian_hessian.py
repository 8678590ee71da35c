import torch
from torch.autograd.functional import hessian, jacobian, jvp, vjp


def f(x):
    return torch.stack([x[0] * x[1], x[0] ** 2, torch.sin(x[1])])


x = torch.tensor([2.0, 3.0])
print(jacobian(f, x))
print(hessian(lambda x: (x**3).sum(), x))
print(torch.autograd.functional.hvp(lambda x: x.prod(), x, torch.ones(2)))
print(vjp(f, x, torch.ones(3)), jvp(f, x, torch.ones(2)))
rows = [torch.autograd.grad(f(x.requires_grad_())[i], x)[0] for i in range(3)]
print(torch.stack(rows))
