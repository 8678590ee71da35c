import torch

torch.manual_seed(0)
X = torch.cat([torch.randn(15, 2) * 0.3 + c for c in torch.tensor([[0.0, 0.0], [3.0, 3.0], [0.0, 4.0]])])


def kmeans(X, k, steps=10):
    centers = X[:: len(X) // k][:k].clone()
    for step in range(steps):
        labels = torch.cdist(X, centers).argmin(dim=1)
        new = torch.stack([X[labels == j].mean(0) if (labels == j).any() else centers[j] for j in range(k)])
        if torch.allclose(new, centers):
            break
        centers = new
    return centers, labels, step


centers, labels, steps = kmeans(X, 3)
print(centers.round(decimals=2), torch.bincount(labels), steps)
