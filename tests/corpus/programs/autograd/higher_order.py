import torch

x = torch.tensor(2.0, requires_grad=True)
y = x**4
(first,) = torch.autograd.grad(y, x, create_graph=True)
(second,) = torch.autograd.grad(first, x, create_graph=True)
(third,) = torch.autograd.grad(second, x)
print(y, first, second, third)
a = torch.tensor([1.0, 2.0], requires_grad=True)
g = torch.autograd.grad((a**3).sum(), a, create_graph=True)[0]
g.pow(2).sum().backward()
print(a.grad, torch.autograd.grad(a.sum() * 0, [a], allow_unused=True))
