import torch


def newton(f, x, steps=5):
    def derivative(x):
        x = x.clone().requires_grad_()
        (g,) = torch.autograd.grad(f(x), x)
        return g

    def update(x):
        with torch.no_grad():
            value = f(x)
        return x - value / derivative(x)

    for _ in range(steps):
        x = update(x)
    return x


root = newton(lambda x: x**2 - 2, torch.tensor(1.0))
print(root, root**2)
