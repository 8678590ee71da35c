import torch

w = torch.tensor([1.0, 2.0], requires_grad=True)
for i in range(3):
    (w**2).sum().backward()
    print(i, w.grad)
w.grad.zero_()
loss = (w * 3).sum()
loss.backward(retain_graph=True)
loss.backward()
print(w.grad)
w.grad = None
print(w.grad is None)
w.grad = torch.ones(2)
print(w.grad)
