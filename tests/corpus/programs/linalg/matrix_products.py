import torch

A = torch.arange(6, dtype=torch.float32).reshape(2, 3)
x = torch.tensor([1.0, 2.0, 3.0])
print(A @ x, torch.mv(A, x), torch.mm(A, A.T), torch.matmul(A, x), torch.dot(x, x), x @ x)
print(torch.bmm(torch.ones(2, 1, 3), torch.ones(2, 3, 1)), torch.outer(x, x), torch.cross(x, torch.ones(3), dim=0))
print(torch.addmm(torch.ones(2, 2), A, A.T), torch.matmul(torch.ones(5, 1, 2, 3), torch.ones(4, 3, 2)).shape)
print(torch.kron(torch.eye(2), torch.ones(1, 2)), torch.trace(A @ A.T), torch.linalg.multi_dot([A, A.T, A]))
print(torch.linalg.matrix_power(torch.tensor([[1.0, 1.0], [0.0, 1.0]]), 5), torch.chain_matmul(A, A.T))
print(torch.inner(x, x), torch.baddbmm(torch.zeros(1, 1, 1), torch.ones(1, 1, 2), torch.ones(1, 2, 1)), torch.vdot(x, x))
