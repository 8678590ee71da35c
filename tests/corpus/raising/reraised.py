import torch

try:
    torch.ones(2).view(3)
except RuntimeError as error:
    print("cannot view")
    raise ValueError("bad size") from error
