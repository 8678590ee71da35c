import copy

import torch
from torch import nn

a = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
b = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
x = torch.ones(1, 2)
print(torch.equal(a(x), b(x)))
print(b.load_state_dict(a.state_dict()))
print(torch.equal(a(x), b(x)), list(a.state_dict()))
saved = copy.deepcopy(a.state_dict())
with torch.no_grad():
    for p in a.parameters():
        p.add_(1)
print(torch.equal(a(x), b(x)))
a.load_state_dict(saved)
print(torch.equal(a(x), b(x)))
for key, value in a.state_dict().items():
    print(key, tuple(value.shape))
missing = b.load_state_dict({"0.weight": torch.zeros(3, 2)}, strict=False)
print(missing.missing_keys, missing.unexpected_keys)
clone = copy.deepcopy(a)
print(clone[0].weight is a[0].weight, torch.equal(clone[0].weight, a[0].weight))
