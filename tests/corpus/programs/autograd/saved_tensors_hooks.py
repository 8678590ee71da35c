import torch

packed = []


def pack(t):
    packed.append(tuple(t.shape))
    return t * 1


def unpack(t):
    return t


x = torch.tensor([1.0, 2.0], requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
    y = (x * x).exp()
y.sum().backward()
print(packed, x.grad)
