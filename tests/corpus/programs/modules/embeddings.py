import torch
from torch import nn

torch.manual_seed(0)
embed = nn.Embedding(5, 3, padding_idx=0)
tokens = torch.tensor([[1, 2, 0], [4, 0, 0]])
out = embed(tokens)
print(out.shape, out[0, 2], torch.equal(out[0, 0], embed.weight[1]))
out.sum().backward()
print(embed.weight.grad)
pretrained = nn.Embedding.from_pretrained(torch.eye(3))
print(pretrained(torch.tensor([2, 0])), pretrained.weight.requires_grad)
bag = nn.EmbeddingBag(5, 2, mode="mean")
print(bag(torch.tensor([1, 2, 3]), torch.tensor([0, 2])).shape)
one_hot = nn.functional.one_hot(tokens, 5).float() @ embed.weight
print(torch.equal(one_hot, out))
