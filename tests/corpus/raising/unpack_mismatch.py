import torch

a, b = torch.arange(2)
print(a, b)
a, b = torch.arange(3)
