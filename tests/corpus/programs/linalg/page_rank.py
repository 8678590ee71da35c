import torch

links = {"a": ["b", "c"], "b": ["c"], "c": ["a"], "d": ["c"]}
names = sorted(links)
index = {n: i for i, n in enumerate(names)}
M = torch.zeros(len(names), len(names))
for source, targets in links.items():
    for target in targets:
        M[index[target], index[source]] = 1 / len(targets)
damping, n = 0.85, len(names)
rank = torch.full((n,), 1 / n)
change, rounds = 1.0, 0
while change > 1e-4:
    new = damping * M @ rank + (1 - damping) / n
    change = (new - rank).abs().sum().item()
    rank = new
    rounds += 1
print(rounds, {name: round(r, 3) for name, r in zip(names, rank.tolist())})
