import torch

A = torch.arange(9.0).reshape(3, 3)
A.sum(), A.mean(dim=0), A.shape, len(A)
