import torch
from torch.utils.data import ConcatDataset, DataLoader, Subset, TensorDataset, random_split

data = TensorDataset(torch.arange(10), torch.arange(10) ** 2)
train, valid = random_split(data, [7, 3], generator=torch.Generator().manual_seed(0))
print(len(train), len(valid), sorted([x.item() for x, _ in train] + [x.item() for x, _ in valid]))
print(train.indices, data[3], data[2:4])
first = Subset(data, range(3))
both = ConcatDataset([first, valid])
print(len(both), both[0], [len(b[0]) for b in DataLoader(both, batch_size=4)])
a, b = random_split(range(10), [0.3, 0.7])
print(len(a), len(b))
