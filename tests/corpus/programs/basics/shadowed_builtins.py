import torch

sum = 0
for input in torch.tensor([1.0, 2.0]):
    sum += input
list = [1, 2]
max, min = 10, -10
id, type, str = 7, "kind", "text"
printed = "a name like any other"
metadata = dict = {"len": 3}
print(sum, list, max, min, id, type, str, printed, dict)


def all(filter, map=2):
    range = filter * map
    return range


print(all(3), all(filter=torch.ones(2)))
del sum
print(sum([1, 2]))
