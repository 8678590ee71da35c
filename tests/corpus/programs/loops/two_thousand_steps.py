import torch

w = torch.tensor([3.0, -2.0], requires_grad=True)
target = torch.tensor([1.0, 1.0])
for step in range(2000):
    loss = ((w - target) ** 2).sum()
    loss.backward()
    with torch.no_grad():
        w -= 0.01 * w.grad
        w.grad.zero_()
    if step % 500 == 0:
        print(step, f"{loss.item():.6f}")
print(w)
