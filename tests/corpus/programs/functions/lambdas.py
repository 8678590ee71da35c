import torch

f = lambda x: x**2 + 1
g = lambda x, y=2, *rest, **named: (x, y, rest, named)
activations = {"relu": lambda x: x.clamp(min=0), "square": lambda x: x * x}
x = torch.tensor([-1.0, 2.0], requires_grad=True)
f(x).sum().backward()
print(f(x), x.grad)
print(g(1), g(1, 3, 4, k=5))
for name, act in activations.items():
    print(name, act(x.detach()))
print(sorted([("a", 3), ("b", 1)], key=lambda pair: pair[1]))
print((lambda: "immediately")())
