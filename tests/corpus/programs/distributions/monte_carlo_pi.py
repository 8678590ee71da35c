import math

import torch

torch.manual_seed(0)
for n in (10, 100, 1000, 10000):
    points = torch.rand(n, 2)
    inside = (points.norm(dim=1) <= 1).float().mean()
    print(f"{n:>6} {4 * inside.item():.4f} {abs(4 * inside.item() - math.pi):.4f}")
