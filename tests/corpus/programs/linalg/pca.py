import torch

torch.manual_seed(1)
X = torch.randn(50, 2) @ torch.tensor([[3.0, 1.0], [0.0, 0.5]]) + torch.tensor([5.0, -2.0])


def pca(X, k):
    mean = X.mean(dim=0)
    centred = X - mean
    covariance = centred.T @ centred / (len(X) - 1)
    values, vectors = torch.linalg.eigh(covariance)
    order = values.argsort(descending=True)[:k]
    components = vectors[:, order]
    return centred @ components, components, values[order] / values.sum()


Z, components, explained = pca(X, 1)
print(Z.shape, explained, components.abs())
_, S, Vh = torch.linalg.svd(X - X.mean(0), full_matrices=False)
print(torch.allclose(Vh[0].abs(), components[:, 0].abs(), atol=1e-4), (S**2 / (S**2).sum())[0])
