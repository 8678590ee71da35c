import torch


def noisy_line(x, w=2.0, b=1.0, *, noise=0.0):
    return x * w + b + noise * torch.randn_like(x)


x = torch.tensor([0.0, 1.0, 2.0])
print(noisy_line(x))
print(noisy_line(x, 3.0))
print(noisy_line(x, b=-1.0, w=0.5))
print(noisy_line(x, noise=0.1).shape)
arguments = {"w": 1.0, "b": 0.0}
print(noisy_line(x, **arguments))
print(noisy_line(*[x, 4.0]))
