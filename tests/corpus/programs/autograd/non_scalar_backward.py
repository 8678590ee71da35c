import torch

x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = x * x
y.backward(gradient=torch.ones(len(y)))
print(x.grad)
x.grad = None
y = x**3
y.backward(torch.tensor([1.0, 0.1, 0.01]))
print(x.grad)
try:
    (x * 2).backward()
except RuntimeError as error:
    print(error)
