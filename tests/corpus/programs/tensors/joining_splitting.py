import torch

a, b = torch.zeros(2, 3), torch.ones(2, 3)
print(torch.cat((a, b), dim=0), torch.cat([a, b], 1).shape, torch.stack([a, b], dim=1).shape)
print(torch.vstack([a, b]).shape, torch.hstack([a, b]).shape, torch.dstack([a, b]).shape)
x = torch.arange(10)
print(x.split(4), x.chunk(3), torch.split(x, [1, 2, 7]), torch.tensor_split(x, 3))
first, second = x.reshape(2, 5).unbind(0)
print(first, second, torch.unbind(x.reshape(5, 2), dim=1))
print(x.repeat(2).shape, x[:2].repeat(2, 2), x[:3].repeat_interleave(2), x[:2].tile(3))
print(torch.meshgrid(torch.arange(2), torch.arange(3), indexing="ij"))
print(torch.cartesian_prod(torch.tensor([1, 2]), torch.tensor([4, 5])), torch.combinations(torch.arange(3)))
