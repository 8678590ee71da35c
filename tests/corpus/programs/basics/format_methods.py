import torch

loss = torch.tensor(0.5)
print("epoch {} loss {:.3f}".format(1, loss.item()))
print("{0} {1} {0}".format("a", "b"))
print("{name}: {value:>8.2f}|".format(name="w", value=1.5))
print("{:5d}|{:<5}|{:^5}|{:>5}".format(42, "l", "c", "r"))
print("{:{width}.{digits}f}".format(3.14159, width=8, digits=2))
print("{!r} {!s}".format("text", "text"))
print("{0[0]} {1[k]}".format([7, 8], {"k": "v"}))
row = "{:>6}" * 3
print(row.format("x", "y", "z"))
print("shape: {}".format(tuple(torch.zeros(2, 3).shape)))
print("{:,}".format(sum(p.numel() for p in torch.nn.Linear(100, 50).parameters())))
