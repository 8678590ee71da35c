import torch
from torch import nn

layer = nn.Linear(3, 1)
print(layer.in_features)
layer(torch.tensor([[1, 2, 3]]))
