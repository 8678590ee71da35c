import torch

seen = []
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 2
handle = y.register_hook(lambda grad: seen.append(grad.clone()))
x.register_hook(lambda grad: grad * 10)
y.sum().backward()
print(seen, x.grad)
handle.remove()
x.grad = None
(x * 3).sum().backward()
print(x.grad, len(seen))
