import torch
from torch.utils.data import DataLoader, IterableDataset


class Stream(IterableDataset):
    def __init__(self, start, stop):
        super().__init__()
        self.start, self.stop = start, stop

    def __iter__(self):
        for i in range(self.start, self.stop):
            yield torch.tensor([i, i * i])


for batch in DataLoader(Stream(0, 5), batch_size=2):
    print(batch)
print(sum(1 for _ in Stream(2, 9)))
