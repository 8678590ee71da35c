import torch

x = torch.tensor([3.0, 1.0, 2.0, 2.0])
print(x.sort(), x.sort(descending=True).values, x.argsort(), torch.sort(x, stable=True)[1])
print(x.topk(2), torch.topk(x, k=1, largest=False), x.kthvalue(2))
print(torch.unique(x), torch.unique(x, return_counts=True), torch.unique_consecutive(x))
print(torch.searchsorted(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([0.5, 2.5])), torch.bucketize(x, torch.tensor([1.5, 2.5])))
print(x.flip(0), x.roll(1), torch.rot90(torch.arange(4).reshape(2, 2)), x.msort())
print(torch.bincount(torch.tensor([0, 1, 1, 3])), torch.histc(x, bins=3, min=0, max=3))
print(torch.isin(x, torch.tensor([2.0])), torch.histogram(x, bins=2))
