import torch

x = torch.tensor([1.0, 2.0, 3.0])
y = torch.ones(3)
print(x)
print(x + y)
print(x * 2, x ** 2, x / y)
print(x.shape, x.dtype, x.device)
x @ y
