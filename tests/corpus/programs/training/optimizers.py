import torch
from torch import optim

start = torch.tensor([-1.0, 2.0])
makers = {
    "SGD": lambda p: optim.SGD(p, lr=0.01),
    "momentum": lambda p: optim.SGD(p, lr=0.01, momentum=0.9, nesterov=True, weight_decay=1e-4),
    "Adagrad": lambda p: optim.Adagrad(p, lr=0.3),
    "RMSprop": lambda p: optim.RMSprop(p, lr=0.05),
    "Adadelta": lambda p: optim.Adadelta(p, lr=1.0),
    "Adam": lambda p: optim.Adam(p, lr=0.2),
    "AdamW": lambda p: optim.AdamW(p, lr=0.2),
}
for name, make in makers.items():
    w = start.clone().requires_grad_()
    optimizer = make([w])
    for _ in range(5):
        optimizer.zero_grad()
        loss = (w[0] ** 2 + 10 * w[1] ** 2).sum()
        loss.backward()
        optimizer.step()
    print(f"{name:10s} {loss.item():8.4f} {len(optimizer.state)} {optimizer.param_groups[0]['lr']}")
