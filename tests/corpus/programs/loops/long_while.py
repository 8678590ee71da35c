import torch

x = torch.tensor(1.0)
n = 0
while n < 1500:
    x = torch.cos(x)
    n += 1
print(n, x, torch.isclose(x, torch.cos(x)))
