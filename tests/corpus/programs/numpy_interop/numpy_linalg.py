import numpy as np
import torch

A = np.array([[2.0, 1.0], [1.0, 3.0]])
print(np.linalg.solve(A, np.array([1.0, 2.0])), np.linalg.inv(A), np.linalg.det(A).round(4), np.linalg.eigvalsh(A))
U, S, V = np.linalg.svd(A)
print(S, np.allclose(U @ np.diag(S) @ V, A), np.linalg.norm(A), np.trace(A), np.outer([1, 2], [3, 4]))
print(torch.allclose(torch.linalg.inv(torch.from_numpy(A)), torch.from_numpy(np.linalg.inv(A))))
print(np.einsum("ij,jk->ik", A, A), np.fft.fft([1, 0, 0, 0]), np.isnan(np.nan), np.polyfit([0, 1, 2], [1, 3, 5], 1).round(3))
