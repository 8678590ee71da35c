import torch

x = torch.tensor([[1.0, 5.0, 2.0], [8.0, 3.0, 4.0]])
print(x.sum(), x.sum(0), x.sum(dim=1, keepdim=True), x.sum(axis=[0, 1]))
print(x.mean(), x.mean(1), x.std(), x.var(dim=0, unbiased=False), x.prod())
print(x.max(), x.max(dim=1), x.min(0).indices, x.argmax(), x.argmin(dim=1), x.amax((0, 1)))
print(x.cumsum(0), x.cumprod(1), x.median(), x.mode(), x.norm(), x.norm(1), x.logsumexp(0))
print(torch.quantile(x, 0.5), x.aminmax(), torch.count_nonzero(x > 2), x.any(), x.all())
print(torch.std_mean(x, dim=1), x.nansum(), torch.cummax(x, dim=1).values, x.dist(torch.zeros(2, 3)))
A = x / x.sum(dim=1, keepdim=True)
A.sum(1)
