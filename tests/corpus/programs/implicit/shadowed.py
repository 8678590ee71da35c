F = 9 / 5 * 100 + 32
nn = "not a module here"
print(F, nn, torch.tensor(F))
np = torch.ones(2)
np + 1
