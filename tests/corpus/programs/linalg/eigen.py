import torch

S = torch.tensor([[2.0, 1.0], [1.0, 2.0]])
values, vectors = torch.linalg.eigh(S)
print(values, vectors.abs(), torch.allclose(S @ vectors, vectors * values, atol=1e-6))
print(torch.linalg.eigvals(torch.tensor([[0.0, -1.0], [1.0, 0.0]])), torch.linalg.eigvalsh(S))
v = torch.ones(2) + torch.tensor([0.3, 0.0])
for i in range(20):
    v = S @ v
    v = v / v.norm()
print("dominant eigenvalue", round((v @ S @ v).item(), 4))
print(torch.linalg.eig(S).eigenvalues.real.sort().values, torch.matrix_exp(torch.zeros(2, 2)))
