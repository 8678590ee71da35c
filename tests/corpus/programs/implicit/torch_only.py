x = torch.arange(6).reshape(2, 3)
print(x, x.sum())
x.float().mean()
