import torch

A = torch.tensor([[4.0, 1.0], [2.0, 3.0]])
b = torch.tensor([1.0, 2.0])
x = torch.linalg.solve(A, b)
print(x, torch.allclose(A @ x, b), torch.linalg.inv(A), A.inverse() @ A, torch.linalg.det(A), A.det(), A.logdet())
print(torch.linalg.matrix_rank(A), torch.linalg.cond(A) > 1, torch.linalg.norm(A), torch.linalg.norm(A, ord=1))
L = torch.linalg.cholesky(A @ A.T)
print(L, torch.linalg.solve_triangular(L, b[:, None], upper=False), torch.cholesky_solve(b[:, None], L))
P, L, U = torch.linalg.lu(A)
print(torch.allclose(P @ L @ U, A), torch.linalg.lstsq(A, b[:, None]).solution, torch.linalg.pinv(A))
try:
    torch.linalg.inv(torch.zeros(2, 2))
except torch.linalg.LinAlgError as error:
    print("singular:", type(error).__name__)
