import torch

torch.manual_seed(0)
X = torch.rand(40, 2)
y = torch.where(X[:, 0] + X[:, 1] > 1, 1.0, -1.0)
weights = torch.full((40,), 1 / 40)
ensemble = []
for _ in range(4):
    best = (float("inf"), None)
    for feature in range(2):
        for threshold in torch.linspace(0.1, 0.9, 5):
            for sign in (1.0, -1.0):
                predicted = torch.where(X[:, feature] > threshold, sign, -sign)
                error = weights[predicted != y].sum().item()
                if error < best[0]:
                    best = error, (feature, threshold.item(), sign)
    error, (feature, threshold, sign) = best
    alpha = 0.5 * torch.log(torch.tensor((1 - error) / error))
    predicted = torch.where(X[:, feature] > threshold, sign, -sign)
    weights *= torch.exp(-alpha * y * predicted)
    weights /= weights.sum()
    ensemble.append((alpha, feature, threshold, sign))
score = sum(a * torch.where(X[:, f] > t, s, -s) for a, f, t, s in ensemble)
print([f"{t:.1f}" for _, _, t, _ in ensemble], (score.sign() == y).float().mean())
