import torch
import torch.nn.functional as F
from torch import nn

x = torch.linspace(-2, 2, 5)
for act in [nn.ReLU(), nn.LeakyReLU(0.1), nn.ELU(), nn.GELU(), nn.SiLU(), nn.Sigmoid(), nn.Tanh(), nn.Softplus(), nn.Hardtanh(), nn.PReLU(), nn.Mish()]:
    print(f"{act.__class__.__name__:<10}", act(x).detach())
print(F.softmax(x, dim=0), F.log_softmax(x, 0), F.gumbel_softmax(x, hard=True).sum(), F.glu(torch.ones(4)), F.softmin(x, 0))
x = x.clone().requires_grad_()
y = torch.relu(x)
y.backward(torch.ones_like(x), retain_graph=True)
print(x.grad)
