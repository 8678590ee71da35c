import torch

x = torch.tensor(0.5, requires_grad=True)
u = torch.sin(x)
v = torch.exp(u)
w = v * x
z = torch.log(w + 1)
for t in (u, v, w):
    t.retain_grad()
z.backward()
print("dz/dw", w.grad)
print("dz/dv", v.grad)
print("dz/du", u.grad)
print("dz/dx", x.grad)
by_hand = 1 / (w + 1) * (v + x * v * torch.cos(x))
print(torch.isclose(by_hand, x.grad))
