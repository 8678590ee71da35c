import torch
from torch import nn

net = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 1))
trainer = torch.optim.SGD(
    [{"params": net[0].weight, "weight_decay": 0.1}, {"params": net[1].parameters(), "lr": 0.5}], lr=0.003
)
for group in trainer.param_groups:
    print(group["lr"], group["weight_decay"], len(group["params"]))
for g in trainer.param_groups:
    g["lr"] *= 0.1
trainer.add_param_group({"params": [net[0].bias]})
net(torch.ones(1, 4)).backward()
trainer.step()
print([round(g["lr"], 5) for g in trainer.param_groups], sorted(trainer.state_dict()))
print(trainer)
