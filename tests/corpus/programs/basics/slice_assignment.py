import torch

x = torch.zeros(3, 4)
x[0] = 1
x[1:, 2] = torch.tensor([5.0, 6.0])
x[:, -1] = 9
x[2, :2] = torch.ones(2) * 3
x[..., 0] = -1
x[[0, 2], [1, 1]] = 7
x[x == 9] = 0
print(x)
numbers = list(range(8))
numbers[2:4] = [20, 30, 40]
numbers[::3] = [0] * len(numbers[::3])
del numbers[-1]
print(numbers)
before = x[:]
before[:] = 5
x
