import itertools
from itertools import accumulate, chain, islice, product

import torch

print(list(product([0, 1], repeat=2)), list(itertools.permutations("abc", 2)), list(itertools.combinations(range(4), 2)))
print(list(chain([1], [2, 3])), list(islice(itertools.count(5, 2), 3)), list(accumulate([1, 2, 3])))
print([(k, list(g)) for k, g in itertools.groupby([1, 1, 2])], list(itertools.zip_longest([1, 2], [3], fillvalue=0)))
print(list(islice(itertools.cycle("ab"), 5)), list(itertools.repeat(1, 3)), list(itertools.takewhile(lambda v: v < 3, [1, 2, 3])))
print(list(chain.from_iterable([[1], [2]])), list(itertools.starmap(pow, [(2, 3)])), list(itertools.dropwhile(lambda v: v < 2, [1, 2])))
print(list(itertools.pairwise([1, 2, 3])), list(itertools.compress("abc", [1, 0, 1])))
results = {}
for lr, width in product([0.1, 0.01], [2, 4]):
    torch.manual_seed(0)
    results[lr, width] = round(lr * torch.nn.Linear(width, 1).weight.numel(), 2)
print(results)
params = chain(torch.nn.Linear(1, 1).parameters(), torch.nn.Linear(1, 2).parameters())
sum(p.numel() for p in params)
