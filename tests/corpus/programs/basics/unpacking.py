import torch

a, b = torch.tensor([1.0, 2.0])
(c, d), e = (1, 2), 3
first, *middle, last = range(6)
head, (x, *rest) = "h", [torch.zeros(1), torch.ones(1), torch.ones(2)]
rows, cols = torch.zeros(4, 5).shape
values, indices = torch.tensor([3.0, 9.0, 5.0]).max(dim=0)
print(a, b, c, d, e)
print(first, middle, last)
print(head, x, rest)
print(rows, cols, values, indices)
a, b = b, a
print(a, b)
for i, (name, (lo, hi)) in enumerate([("x", (0, 1)), ("y", (2, 3))]):
    print(i, name, lo, hi)
[p, q] = [10, 20]
merged = [*middle, p, *(q, q)]
print(merged, {**{"a": 1}, "b": 2})
