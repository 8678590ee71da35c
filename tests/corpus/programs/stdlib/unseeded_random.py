import random

import numpy as np
import torch

print(torch.rand(2), random.random(), np.random.rand(2))
print(torch.randn(1).item(), random.choice("abc"), np.random.randint(10))
torch.randperm(3)
