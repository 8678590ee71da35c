import torch


class Meter:
    def __init__(self):
        self.total = 0.0
        self.history = []


meter = Meter()
meter.total += 2.5
meter.total *= 2
meter.history += [1, 2]
x = torch.arange(6.0).reshape(2, 3)
y = x
x += 1
print(y)
x[0] += 10
x[:, 1] *= 2
x[1, ::2] -= 1
x[x > 20] = 0
x /= 2
x **= 2
print(x, y is x)
counts = {"a": 1}
counts["a"] += 5
counts["b"] = counts.get("b", 0) + 1
numbers = [1, 2, 3]
numbers[1] *= 10
numbers += [4]
n = 17
n //= 3
n %= 4
n <<= 3
n |= 1
n ^= 3
n &= 14
n >>= 1
print(meter.total, meter.history, counts, numbers, n)
m = torch.eye(2)
m @= torch.full((2, 2), 3.0)
w = torch.ones(2, requires_grad=True)
w.data *= 100
w.data[0] -= 1
m, w
