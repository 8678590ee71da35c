import torch
from torch.func import grad, grad_and_value, hessian, jacfwd, jacrev, vmap

f = lambda x: torch.sin(x)
x = torch.tensor(0.5)
print(grad(f)(x), torch.cos(x), grad(grad(f))(x), grad_and_value(f)(x))
batch = torch.linspace(0, 1, 4)
print(vmap(grad(f))(batch), torch.vmap(torch.dot)(torch.ones(3, 2), torch.ones(3, 2)))
g = lambda v: torch.stack([v[0] * v[1], v.sum()])
v = torch.tensor([2.0, 3.0])
print(jacrev(g)(v), jacfwd(g)(v), hessian(lambda v: v.prod())(v))
print(torch.func.vjp(g, v)[1](torch.ones(2)), torch.func.jvp(g, (v,), (torch.ones(2),)))
print(vmap(lambda row, c: row * c, in_dims=(0, None))(torch.ones(2, 2), torch.tensor(3.0)))
