import torch
from torch.optim import lr_scheduler

makers = [
    lambda o: lr_scheduler.StepLR(o, step_size=2, gamma=0.1),
    lambda o: lr_scheduler.MultiStepLR(o, milestones=[1, 3], gamma=0.5),
    lambda o: lr_scheduler.ExponentialLR(o, gamma=0.9),
    lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=4),
    lambda o: lr_scheduler.LambdaLR(o, lr_lambda=lambda epoch: 1 / (epoch + 1)),
    lambda o: torch.optim.lr_scheduler.OneCycleLR(o, max_lr=1.0, total_steps=6),
]
for make in makers:
    w = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([w], lr=1.0)
    scheduler = make(optimizer)
    rates = []
    for epoch in range(5):
        optimizer.step()
        rates.append(round(optimizer.param_groups[0]["lr"], 4))
        scheduler.step()
    print(type(scheduler).__name__, rates, len(scheduler.get_last_lr()))
plateau = lr_scheduler.ReduceLROnPlateau(optimizer, patience=0)
plateau.step(1.0)
plateau.step(2.0)
print(optimizer.param_groups[0]["lr"] < 1e-1)


class SquareRootScheduler:
    def __init__(self, lr=0.1):
        self.lr = lr

    def __call__(self, num_update):
        return self.lr * pow(num_update + 1.0, -0.5)


print([round(SquareRootScheduler()(t), 3) for t in range(4)])
