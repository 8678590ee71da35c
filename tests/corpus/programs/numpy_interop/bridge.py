import numpy as np
import torch

a = np.ones(3)
t = torch.from_numpy(a)
np.add(a, 1, out=a)
print(a, t, t.dtype)
x = torch.ones(3)
n = x.numpy()
x.add_(1)
print(n, type(n), torch.tensor(a).dtype, torch.as_tensor(a).data_ptr() == t.data_ptr())
B = torch.tensor(np.array([[1, 2], [3, 4]]))
print(B, B.numpy().T, np.asarray(B), np.array(B).sum(), torch.Tensor(np.zeros(2)))
g = torch.ones(2, requires_grad=True)
print(g.detach().cpu().numpy(), np.sqrt(torch.tensor([4.0, 9.0]).numpy()))
