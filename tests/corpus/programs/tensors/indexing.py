import torch

x = torch.arange(24).reshape(2, 3, 4)
print(x[0, 1, 2], x[-1], x[:, 1], x[..., 0])
print(x[0, :, 1:3], x[:, ::2, ::2], x[1][2][3])
print(x[[0, 1], [2, 0]], x[:, [2, 0], :].shape, x[torch.tensor([1])].shape)
print(x[x % 5 == 0], x[None].shape, x[:, None, ..., None].shape)
print(x[0][x[0] > 4], (x > 20).nonzero(), torch.nonzero(x == 7, as_tuple=True))
print(x[True].shape, x[torch.tensor([True, False])].shape, x.take(torch.tensor([0, 23])))
rows = torch.arange(3)
print(x[0][rows, torch.tensor([0, 3, 1])])
