import numpy as np
import torch

np.random.seed(42)
print(np.random.rand(2), np.random.randn(2), np.random.randint(0, 10, 3), np.random.uniform(-1, 1, 2))
print(np.random.normal(0, 1, (2, 2)), np.random.choice([1, 2, 3], 2), np.random.permutation(4))
rng = np.random.default_rng(0)
print(rng.normal(size=2), rng.integers(0, 5, 3), rng.random())
x = torch.from_numpy(np.random.normal(0.0, 0.01, (2, 3))).float()
y = torch.tensor(np.random.normal(0, 1, (2, 3)), dtype=torch.float32)
print(x.dtype, (x @ y.T).shape)
values = np.arange(4)
np.random.shuffle(values)
values
