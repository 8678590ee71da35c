import torch

result = (
    torch.arange(6)
    .reshape(2, 3)
    .float()
    .view(4)
    .sum()
)
