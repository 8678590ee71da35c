import torch

print(torch.get_default_dtype(), torch.tensor(1.5).dtype)
torch.set_default_dtype(torch.float64)
print(torch.tensor(1.5).dtype, torch.zeros(2), torch.nn.Linear(2, 1).weight.dtype)
x = torch.rand(2)
torch.set_default_dtype(torch.float32)
print(torch.tensor(1.5).dtype, x.dtype)
torch.set_default_dtype(torch.float64)
torch.set_printoptions(precision=8)
torch.tensor([1 / 3])
