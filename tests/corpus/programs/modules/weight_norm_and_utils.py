import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_, clip_grad_value_, parameters_to_vector, vector_to_parameters

torch.manual_seed(0)
layer = nn.Linear(3, 2)
vector = parameters_to_vector(layer.parameters())
vector_to_parameters(torch.zeros_like(vector), layer.parameters())
print(vector.shape, layer.weight.abs().sum())
layer(torch.ones(1, 3)).sum().mul(100).backward()
print(clip_grad_norm_(layer.parameters(), 1.0), layer.weight.grad.norm() <= 1, clip_grad_value_(layer.parameters(), 0.1))
normed = nn.utils.parametrizations.weight_norm(nn.Linear(3, 2))
print(normed(torch.ones(1, 3)).shape, sorted(name for name, _ in normed.named_parameters()))
