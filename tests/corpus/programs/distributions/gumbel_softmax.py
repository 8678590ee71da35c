import torch
import torch.nn.functional as F

torch.manual_seed(0)
logits = torch.tensor([1.0, 2.0, 0.5], requires_grad=True)


def gumbel(shape, eps=1e-20):
    U = torch.rand(shape)
    return -torch.log(-torch.log(U + eps) + eps)


for tau in (5.0, 1.0, 0.1):
    y = F.softmax((logits + gumbel(logits.shape)) / tau, dim=-1)
    print(tau, y.detach())
hard = torch.zeros_like(y).scatter_(-1, y.argmax(-1, keepdim=True), 1.0)
st = hard - y.detach() + y
(st * torch.arange(3.0)).sum().backward()
print(st, logits.grad.sum().abs() < 1e-5)
print(F.gumbel_softmax(logits, tau=0.5, hard=True).sum())
