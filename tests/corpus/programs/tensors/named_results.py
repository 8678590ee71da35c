import torch

x = torch.tensor([[2.0, 7.0], [9.0, 1.0]])
result = x.max(dim=0)
print(result.values, result.indices, result[0] is result.values, type(result).__name__)
values, indices = result
sorted_x, order = torch.sort(x, dim=1)
print(values, indices, sorted_x, order)
q, r = torch.linalg.qr(x)
print(torch.allclose(q @ r, x, atol=1e-5))
print(torch.linalg.slogdet(x).logabsdet, x.mode().values, torch.frexp(x).exponent)
result
