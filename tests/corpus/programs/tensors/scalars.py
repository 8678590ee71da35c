import torch

s = torch.tensor(3.5)
print(s, s.item(), float(s), int(s), s.shape, s.dim(), s.numel(), f"{s:.2f}", round(s.item()))
print(s + 1, 1 + s, s > 3, bool(s > 3), s if s > 3 else 0, -s, abs(-s), 2 * s**2)
i = torch.tensor(2)
print([10, 20, 30][i], range(5)[i], torch.arange(5)[i], list(range(i)), torch.zeros(int(i)))
try:
    torch.ones(2).item()
except RuntimeError as error:
    print(str(error))
try:
    bool(torch.ones(2))
except RuntimeError as error:
    print(error)
