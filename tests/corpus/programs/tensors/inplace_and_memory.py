import torch

X, Y = torch.ones(2, 2), torch.full((2, 2), 2.0)
before = id(Y)
Y = Y + X
print(id(Y) == before)
Z = torch.zeros_like(Y)
before = id(Z)
Z[:] = X + Y
print(id(Z) == before)
before = id(X)
X += Y
print(id(X) == before)
X.add_(1).mul_(2).clamp_(max=9)
print(X, X._version)
X.zero_()
Y.fill_(3).sub_(1)
Z.copy_(Y)
print(X, Y, Z, torch.add(X, Y, out=Z) is Z)
view = Z[0]
view.neg_()
print(Z, view.untyped_storage().data_ptr() == Z.untyped_storage().data_ptr(), Z.untyped_storage().nbytes())
d = Z.detach()
d[0, 0] = 42
Z
