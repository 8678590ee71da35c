import torch
from torch.utils.data import DataLoader, Dataset


class SquaresDataset(Dataset):
    """Pairs (x, x squared)."""

    def __init__(self, n, transform=None):
        self.x = torch.arange(n, dtype=torch.float32)
        self.transform = transform

    def __len__(self):
        return len(self.x)

    def __getitem__(self, idx):
        sample = self.x[idx]
        if self.transform:
            sample = self.transform(sample)
        return sample, sample**2


dataset = SquaresDataset(7, transform=lambda v: v + 1)
print(len(dataset), dataset[2])
loader = DataLoader(dataset, batch_size=3, shuffle=False)
for i, (x, y) in enumerate(loader):
    print(i, x, y)
print(len(loader), len(DataLoader(dataset, batch_size=3, drop_last=True)))
torch.manual_seed(0)
for x, _ in DataLoader(dataset, batch_size=4, shuffle=True, num_workers=0):
    print(x)
