import torch

x = torch.arange(-3, 4).float()
mask = x > 0
print(mask, mask.sum(), x[mask], x.masked_fill(mask, 0))
print(torch.where(mask, x, -x), torch.where(mask)[0])
causal = torch.tril(torch.ones(4, 4)).bool()
scores = torch.zeros(4, 4).masked_fill(~causal, float("-inf"))
print(scores.softmax(-1))
lengths = torch.tensor([1, 3])
valid = torch.arange(3)[None, :] < lengths[:, None]
print(valid, valid.any(dim=0), valid.all(dim=1))
x[x < 0] *= -1
x
