import torch

x = torch.arange(12)
print(x.view(3, 4), x.reshape(-1, 6), x.view(2, -1, 2).shape)
print(x.reshape(3, 4).t().is_contiguous(), x.reshape(3, 4).T.contiguous().view(-1))
print(x.unsqueeze(0).shape, x.unsqueeze(-1).squeeze().shape, x[None, :, None].shape)
y = x.reshape(2, 2, 3)
print(y.permute(2, 0, 1).shape, y.transpose(0, 2).shape, y.flatten(start_dim=1), y.movedim(0, -1).shape)
print(y.swapaxes(0, 1)[0], torch.unflatten(x, 0, (4, 3)).shape, y.mT.shape)
v = x.view(3, 4)
v[0, 0] = 100
print(x[0], v.storage_offset(), v.stride(), v.t().stride(), v.data_ptr() == x.data_ptr())
try:
    v.t().view(12)
except RuntimeError as error:
    print("view:", str(error)[:25])
