import torch


def f(x):
    return x**2


def f_grad(x):
    return 2 * x


def gd(eta, f_grad):
    x = 10.0
    results = [x]
    for i in range(10):
        x -= eta * f_grad(x)
        results.append(float(x))
    print(f"epoch 10, x: {x:f}")
    return results


for eta in (0.05, 0.2, 1.1):
    results = gd(eta, f_grad)
x = torch.tensor(10.0, requires_grad=True)
for step in range(10):
    y = f(x)
    y.backward()
    x.data -= 0.2 * x.grad
    x.grad.data.zero_()
x, results[-1]
