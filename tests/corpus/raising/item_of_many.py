import torch

losses = torch.ones(3)
print(losses.sum().item())
print(losses.item())
