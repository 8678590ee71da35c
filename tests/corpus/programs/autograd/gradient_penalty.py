import torch
from torch import nn

torch.manual_seed(0)
critic = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
real, fake = torch.randn(5, 2), torch.randn(5, 2) + 2
alpha = torch.rand(5, 1)
mixed = (alpha * real + (1 - alpha) * fake).requires_grad_()
score = critic(mixed)
(gradient,) = torch.autograd.grad(score, mixed, torch.ones_like(score), create_graph=True)
penalty = ((gradient.norm(2, dim=1) - 1) ** 2).mean()
loss = critic(fake).mean() - critic(real).mean() + 10 * penalty
loss.backward()
print(f"{penalty.item():.4f} {loss.item():.4f}", critic[0].weight.grad.shape)
