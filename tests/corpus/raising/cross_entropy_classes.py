import torch
from torch import nn

logits = torch.zeros(2, 3)
loss = nn.CrossEntropyLoss()
print(loss(logits, torch.tensor([0, 1])))
loss(logits, torch.tensor([0, 1, 2]))
