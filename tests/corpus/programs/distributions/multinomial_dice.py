import torch
from torch.distributions import multinomial

torch.manual_seed(0)
fair_probs = torch.ones([6]) / 6
print(multinomial.Multinomial(1, fair_probs).sample().sum())
print(multinomial.Multinomial(10, fair_probs).sample())
counts = multinomial.Multinomial(1000, fair_probs).sample()
print((counts / 1000 - 1 / 6).abs().max() < 0.05)
rolls = multinomial.Multinomial(10, fair_probs).sample((50,))
cum_counts = rolls.cumsum(dim=0)
estimates = cum_counts / cum_counts.sum(dim=1, keepdims=True)
estimates[-1].sum(), estimates.shape
