import torch


@torch.no_grad()
def evaluate(w, x):
    return (w * x).sum()


@torch.inference_mode()
def infer(w):
    return w * 2


@torch.enable_grad()
def track(w):
    return w * 3


w = torch.ones(2, requires_grad=True)
print(evaluate(w, torch.ones(2)).requires_grad, infer(w).is_inference())
with torch.no_grad():
    print(track(w).requires_grad, torch.is_grad_enabled())


@torch.no_grad
def plain(w):
    return w + 1


print(plain(w))
