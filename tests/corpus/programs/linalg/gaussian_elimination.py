import torch


def solve(A, b):
    M = torch.cat([A.clone(), b.reshape(-1, 1)], dim=1)
    n = len(M)
    for i in range(n):
        pivot = i + M[i:, i].abs().argmax().item()
        if pivot != i:
            M[[i, pivot]] = M[[pivot, i]]
        M[i] /= M[i, i].clone()
        for j in range(n):
            if j == i:
                continue
            M[j] -= M[j, i].clone() * M[i]
    return M[:, -1]


A = torch.tensor([[0.0, 2.0, 1.0], [1.0, -2.0, -3.0], [-1.0, 1.0, 2.0]])
b = torch.tensor([-8.0, 0.0, 3.0])
x = solve(A, b)
print(x, A @ x)
