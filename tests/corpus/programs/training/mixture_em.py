import math

import torch

torch.manual_seed(0)
x = torch.cat([torch.randn(30) - 3, torch.randn(20) * 0.5 + 2])
mu, sigma, pi = torch.tensor([-1.0, 1.0]), torch.ones(2), torch.full((2,), 0.5)
for step in range(10):
    log_p = -0.5 * ((x[:, None] - mu) / sigma) ** 2 - sigma.log() - 0.5 * math.log(2 * math.pi) + pi.log()
    r = torch.softmax(log_p, dim=1)
    n = r.sum(0)
    mu = (r * x[:, None]).sum(0) / n
    sigma = ((r * (x[:, None] - mu) ** 2).sum(0) / n).sqrt()
    pi = n / len(x)
print(mu.round(decimals=2), sigma.round(decimals=2), pi.round(decimals=2))
print(f"log-likelihood {torch.logsumexp(log_p, 1).sum():.2f}")
