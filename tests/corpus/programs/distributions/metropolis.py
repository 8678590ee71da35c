import torch

torch.manual_seed(0)


def log_density(x):
    return -0.5 * (x - 2) ** 2


x, samples, accepted = torch.tensor(0.0), [], 0
for step in range(100):
    proposal = x + torch.randn(())
    if torch.rand(()).log() < log_density(proposal) - log_density(x):
        x = proposal
        accepted += 1
    samples.append(x)
chain = torch.stack(samples)[20:]
print(f"mean {chain.mean():.2f}, std {chain.std():.2f}, accepted {accepted / 100:.0%}")
