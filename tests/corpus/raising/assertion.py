import torch

x = torch.zeros(3)
assert x.sum() == 0
assert x.shape == (4,), f"wrong shape {tuple(x.shape)}"
