import torch

print(torch.zeros(2, 3))
print(torch.ones((2, 2), dtype=torch.int64))
print(torch.full((2, 2), 7.5))
print(torch.eye(3))
print(torch.arange(2, 11, 3))
print(torch.linspace(0, 1, steps=5))
print(torch.logspace(0, 2, 3))
print(torch.zeros_like(torch.eye(2)))
print(torch.tensor([[1, 2], [3, 4]]).new_full((2,), 9))
print(torch.rand(2, 2).shape, torch.randn(3).shape, torch.randint(0, 10, (4,)).dtype)
print(torch.randperm(5).sort().values)
torch.empty(2, 0)
