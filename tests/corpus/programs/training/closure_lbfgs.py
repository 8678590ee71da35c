import torch

w = torch.tensor([-1.0, 1.5], requires_grad=True)
optimizer = torch.optim.LBFGS([w], lr=0.5, max_iter=4)


def closure():
    optimizer.zero_grad()
    loss = (1 - w[0]) ** 2 + 5 * (w[1] - w[0] ** 2) ** 2
    loss.backward()
    return loss


for step in range(4):
    print(step, round(optimizer.step(closure).item(), 4))
print(w)
