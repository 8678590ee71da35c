import torch

x = torch.arange(6).reshape(2, 3)
for row in x:
    for value in row:
        print(value.item(), end=" ")
print()
for i, (a, b, c) in enumerate(x):
    print(i, a, b * c)
print([v.item() for v in x.flatten()], list(x[0]), [*map(int, x[1])], sum(x), max(x[0]))
print(len(x), 5 in x, 9 in x, x.tolist(), list(zip(x[0], x[1])))
for r in range(x.shape[0]):
    for c in range(x.size(1)):
        x[r, c] += r * 10
x
