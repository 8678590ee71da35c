import torch


def numerical_gradient(f, x, eps=1e-5):
    grad = torch.zeros_like(x)
    flat, out = x.view(-1), grad.view(-1)
    for i in range(flat.numel()):
        old = flat[i].item()
        flat[i] = old + eps
        up = f(x)
        flat[i] = old - eps
        down = f(x)
        flat[i] = old
        out[i] = (up - down) / (2 * eps)
    return grad


torch.manual_seed(0)
W = torch.randn(2, 3, dtype=torch.float64)
f = lambda W: torch.tanh(W @ torch.ones(3, dtype=torch.float64)).sum()
numeric = numerical_gradient(f, W)
W.requires_grad_()
f(W).backward()
print(torch.allclose(numeric, W.grad, atol=1e-7), (numeric - W.grad).abs().max() < 1e-7)
