import torch
from torch.utils.data import BatchSampler, DataLoader, RandomSampler, SequentialSampler, WeightedRandomSampler

sequences = [torch.ones(n) * n for n in (1, 3, 2)]


def collate(batch):
    lengths = torch.tensor([len(s) for s in batch])
    padded = torch.zeros(len(batch), lengths.max())
    for i, s in enumerate(batch):
        padded[i, : len(s)] = s
    return padded, lengths


for padded, lengths in DataLoader(sequences, batch_size=2, collate_fn=collate):
    print(padded, lengths)
print(list(BatchSampler(SequentialSampler(range(5)), batch_size=2, drop_last=False)))
torch.manual_seed(0)
print(list(RandomSampler(range(4))), list(WeightedRandomSampler([0.0, 1.0], 3)))
samples = [{"x": torch.tensor(float(i)), "name": str(i)} for i in range(3)]
print(next(iter(DataLoader(samples, batch_size=3))))
