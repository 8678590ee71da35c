import torch

with torch.no_grad():
    x = torch.ones(2)
    x.sum().backward()
