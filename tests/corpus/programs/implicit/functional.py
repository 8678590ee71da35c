x = torch.tensor([[1.0, 2.0, 3.0]])
print(F.softmax(x, dim=1), F.cross_entropy(x, torch.tensor([2])))
F.one_hot(torch.tensor([0, 2]))
