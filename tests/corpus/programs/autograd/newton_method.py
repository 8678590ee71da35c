import torch


def newton(f, x, steps):
    for i in range(steps):
        y = f(x)
        g = torch.autograd.grad(y, x, create_graph=True)[0]
        h = torch.stack([torch.autograd.grad(gi, x, retain_graph=True)[0] for gi in g])
        with torch.no_grad():
            x -= torch.linalg.solve(h, g)
        print(f"step {i}: f = {f(x).item():.6f}")
    return x


rosenbrock = lambda p: (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2
x = torch.tensor([-1.0, 1.5], dtype=torch.float64, requires_grad=True)
newton(rosenbrock, x, 5)
x.detach().round(decimals=4)
