import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
with torch.autograd.set_detect_anomaly(False):
    y = x.sigmoid()
print(x._version, y._version)
y.mul_(2)
print(y._version, y.is_leaf)
try:
    y.sum().backward()
except RuntimeError as error:
    print("modified by an inplace operation" in str(error))
z = x.clone()
z[0] = 5
z.sum().backward()
print(x.grad, z._version, z.grad_fn.name())
