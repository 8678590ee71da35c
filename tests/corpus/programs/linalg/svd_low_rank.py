import torch

torch.manual_seed(0)
A = torch.randn(6, 2) @ torch.randn(2, 4)
U, S, Vh = torch.linalg.svd(A, full_matrices=False)
print(U.shape, S.shape, Vh.shape, (S > 1e-4).sum())
approx = U[:, :1] * S[0] @ Vh[:1]
print(round((A - approx).norm().item() - S[1:].norm().item(), 4))
print(torch.allclose(U @ torch.diag(S) @ Vh, A, atol=1e-5), torch.linalg.svdvals(A).shape)
u, s, v = torch.svd(A)
print(torch.allclose(u @ torch.diag_embed(s) @ v.t(), A, atol=1e-5))
