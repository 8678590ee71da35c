import torch
import torch.nn.functional as F

torch.manual_seed(0)
X = torch.cat([torch.randn(20, 2) - 1.5, torch.randn(20, 2) + 1.5])
y = torch.cat([torch.zeros(20), torch.ones(20)])
w = torch.zeros(2, requires_grad=True)
b = torch.zeros((), requires_grad=True)
history = []
for step in range(25):
    logits = X @ w + b
    loss = F.binary_cross_entropy_with_logits(logits, y)
    gw, gb = torch.autograd.grad(loss, (w, b))
    with torch.no_grad():
        w -= 0.5 * gw
        b -= 0.5 * gb
    history.append(round(loss.item(), 4))
print(history[::8], ((X @ w + b > 0).float() == y).float().mean())
