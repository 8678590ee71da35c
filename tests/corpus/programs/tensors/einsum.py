import torch

a = torch.arange(6.0).reshape(2, 3)
b = torch.arange(12.0).reshape(3, 4)
print(torch.einsum("ij,jk->ik", a, b).equal(a @ b), torch.einsum("ij->ji", a), torch.einsum("ij->", a))
print(torch.einsum("ii->i", torch.eye(3)), torch.einsum("i,j->ij", a[0], b[:, 0]), torch.einsum("ij,ij->i", a, a))
q, k = torch.randn(2, 4, 3, 5), torch.randn(2, 4, 6, 5)
scores = torch.einsum("bhqd,bhkd->bhqk", q, k)
print(scores.shape, torch.allclose(scores, q @ k.transpose(-1, -2), atol=1e-6))
print(torch.einsum("...ij->...ji", q).shape, torch.tensordot(a, b, dims=1).shape, torch.einsum("bij,bjk->bik", q[0], k[0].mT).shape)
