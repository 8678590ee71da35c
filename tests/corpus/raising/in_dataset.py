import torch
from torch.utils.data import DataLoader, Dataset


class Broken(Dataset):
    def __len__(self):
        return 3

    def __getitem__(self, i):
        return torch.tensor([1.0, 2.0])[i]


for x in DataLoader(Broken()):
    print(x)
