import torch


def f_2d(x1, x2):
    return 0.1 * x1**2 + 2 * x2**2


def train_2d(trainer, steps=10):
    x1, x2, s1, s2 = -5, -2, 0, 0
    results = [(x1, x2)]
    for i in range(steps):
        x1, x2, s1, s2 = trainer(x1, x2, s1, s2)
        results.append((x1, x2))
    print(f"epoch {i + 1}, x1: {float(x1):f}, x2: {float(x2):f}")
    return results


def gd_2d(x1, x2, s1, s2, eta=0.4):
    return (x1 - eta * 0.2 * x1, x2 - eta * 4 * x2, 0, 0)


def momentum_2d(x1, x2, v1, v2, eta=0.6, beta=0.5):
    v1 = beta * v1 + 0.2 * x1
    v2 = beta * v2 + 4 * x2
    return x1 - eta * v1, x2 - eta * v2, v1, v2


train_2d(gd_2d)
train_2d(momentum_2d)
w = torch.tensor([-5.0, -2.0], requires_grad=True)
velocity = torch.zeros(2)
for _ in range(10):
    f_2d(*w).backward()
    with torch.no_grad():
        velocity[:] = 0.5 * velocity + w.grad
        w[:] -= 0.6 * velocity
        w.grad.data.zero_()
w
