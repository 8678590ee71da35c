import torch

logits = torch.tensor([[0.1, 0.3, 0.6], [0.3, 0.2, 0.5]])
y = torch.tensor([0, 2])
print(logits.gather(1, y.unsqueeze(1)), logits[[0, 1], y], logits[range(len(logits)), y])
one_hot = torch.zeros(2, 3).scatter_(1, y.unsqueeze(1), 1.0)
print(one_hot)
print(torch.zeros(3).scatter_add(0, torch.tensor([0, 0, 2]), torch.ones(3)))
print(torch.zeros(3, 2).index_add_(0, torch.tensor([0, 2, 0]), torch.ones(3, 2)))
print(logits.index_select(1, torch.tensor([2, 0])), logits.masked_select(logits > 0.25))
print(torch.take_along_dim(logits, logits.argsort(dim=1), dim=1))
print(torch.zeros(2).scatter_reduce(0, torch.tensor([0, 1, 1]), torch.tensor([1.0, 5.0, 3.0]), reduce="amax"))
