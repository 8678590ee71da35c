import torch

data = [3, 1, 4, 1, 5, 9, 2, 6]
if (n := len(data)) > 5:
    print("many:", n)
total = 0
items = iter(data)
while (value := next(items, None)) is not None:
    total += value
print(total)
print([y for x in data if (y := x * 2) > 6])
print((m := torch.tensor(data).float().mean()), m + 1)
