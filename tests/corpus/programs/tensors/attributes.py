import torch

x = torch.randn(2, 3, requires_grad=True)
y = x.sum(1)
print(x.shape, x.size(), x.size(0), x.size(-1), len(x), x.dim(), x.ndim, x.numel(), x.nelement())
print(x.dtype, x.device, x.layout, x.is_leaf, y.is_leaf, x.requires_grad, x.grad, y.grad_fn.name(), x.is_cuda)
print(x.shape[0] * x.shape[1], *x.shape, x.shape == (2, 3), list(x.shape), x.shape.numel(), x.nbytes, x.itemsize)
print(x.T.shape, x.mT.shape, x.data.shape, x.is_contiguous(), x.is_sparse, type(x.shape))
print(torch.is_tensor(x), torch.numel(x), x.tolist() == [row.tolist() for row in x], y.detach().requires_grad)
rows, cols = x.shape
print(rows, cols, torch.Size([1]) + x.shape)
