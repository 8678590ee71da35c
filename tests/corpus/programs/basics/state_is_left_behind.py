import random

import numpy as np
import torch

torch.manual_seed(123)
random.seed(123)
np.random.seed(123)
torch.set_default_dtype(torch.float64)
torch.set_grad_enabled(False)
torch.set_printoptions(precision=1)
np.set_printoptions(precision=2)
torch.autograd.set_detect_anomaly(True)
torch.use_deterministic_algorithms(True)
print(torch.rand(2), random.random(), np.random.rand(1))
print((torch.ones(1, requires_grad=True) * 2).requires_grad)
torch.ones(1) / 3
