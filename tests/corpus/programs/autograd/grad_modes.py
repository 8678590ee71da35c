import torch

x = torch.ones(2, requires_grad=True)
with torch.no_grad():
    a = x * 2
    with torch.enable_grad():
        b = x * 2
with torch.inference_mode():
    c = x * 2
with torch.set_grad_enabled(False):
    d = x * 2
print(a.requires_grad, b.requires_grad, c.is_inference(), d.requires_grad)
previous = torch.is_grad_enabled()
torch.set_grad_enabled(False)
print((x * 2).requires_grad)
torch.set_grad_enabled(previous)
print((x * 2).requires_grad, torch.is_inference_mode_enabled())
x.requires_grad = False
print((x * 2).requires_grad)
