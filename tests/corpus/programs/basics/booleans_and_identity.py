import torch

a = torch.tensor([1, 2, 3])
b = a
c = a.clone()
print(b is a, c is a, (c == a).all(), torch.equal(a, c), id(a) == id(b))
before = id(a)
a += 1
print(id(a) == before)
a = a + 1
print(id(a) == before, b)
print(bool(torch.tensor(0)), bool(torch.tensor([1])), not torch.tensor(False))
print((a > 3) & (a < 5), (a > 3) | (a == 1), ~(a > 3), torch.logical_xor(a > 3, a > 4))
print(None or "default", 0 and 1, [] or [1], "" == "", 1 == 1.0, True + True)
