import torch

values = [1, 2, "three"]
tensors = [
    torch.tensor(v)
    for v in values
]
