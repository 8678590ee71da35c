import torch

table = torch.zeros(20, 20, dtype=torch.int64)
for i in range(20):
    for j in range(20):
        if j < i:
            continue
        table[i, j] = (i + 1) * (j + 1)
print(table[2], table.sum(), table[-1, -1])
found = None
for i in range(20):
    for j in range(20):
        if table[i, j] == 42:
            found = i, j
            break
    else:
        continue
    break
print(found)
