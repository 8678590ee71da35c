import torch

a = torch.arange(3).reshape((3, 1))
b = torch.arange(2).reshape((1, 2))
print(a + b)
x = torch.ones(4, 1, 3) * torch.arange(2.0).reshape(2, 1)
print(x.shape, x[0])
print(torch.broadcast_shapes((5, 1), (3,)), torch.broadcast_tensors(a, b)[0])
mean = torch.arange(6.0).reshape(2, 3).mean(dim=1, keepdim=True)
print(torch.arange(6.0).reshape(2, 3) - mean)
print(a.expand(3, 4), a.expand(-1, 2).stride())
distances = (torch.tensor([[0.0, 0.0], [3.0, 4.0]])[:, None] - torch.tensor([[0.0, 0.0]])[None]).norm(dim=-1)
distances
