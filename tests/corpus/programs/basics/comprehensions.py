import torch

squares = [i * i for i in range(6) if i % 2 == 0]
table = {word: len(word) for word in ["tensor", "grad", "loss"]}
lengths = {len(word) for word in table}
total = sum(x * x for x in range(5))
grid = [[r * 3 + c for c in range(3)] for r in range(2)]
pairs = [(i, j) for i in range(3) for j in range(i)]
stacked = torch.stack([torch.full((2,), float(i)) for i in range(3)])
print(squares, table, sorted(lengths), total)
print(grid, pairs)
print(stacked)
print(torch.tensor(grid).sum(0))
print(max(len(w) for w in table), any(n > 5 for n in lengths), all(n > 3 for n in lengths))
