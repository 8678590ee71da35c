import torch

total = 0
for i in range(20000):
    if i % 3 == 0 or i % 5 == 0:
        total += i
print(total)
memo = {0: 0, 1: 1}
for i in range(2, 300):
    memo[i] = memo[i - 1] + memo[i - 2]
print(memo[100], len(str(memo[299])))
grid = [[(r * c) % 7 for c in range(40)] for r in range(40)]
print(sum(map(sum, grid)), torch.tensor(grid).sum())
