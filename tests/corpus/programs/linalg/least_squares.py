import torch

torch.manual_seed(0)
x = torch.linspace(-1, 1, 20, dtype=torch.float64)
y = 2 * x**2 - x + 0.5
X = torch.stack([torch.ones_like(x), x, x**2], dim=1)
normal = torch.linalg.solve(X.T @ X, X.T @ y)
lstsq = torch.linalg.lstsq(X, y.unsqueeze(1)).solution.squeeze()
vander = torch.vander(x, 3, increasing=True)
print(normal.round(decimals=4), torch.allclose(normal, lstsq), torch.equal(vander, X))
ridge = torch.linalg.solve(X.T @ X + 0.1 * torch.eye(3, dtype=x.dtype), X.T @ y)
print([round(v, 3) for v in ridge.tolist()])
