import torch
from torch import nn

net = nn.Linear(2, 1)
optimizer = torch.optim.Adam(net.parameters(), lr=0.1)
loss = net(torch.ones(1, 2)).sum()
loss.backward()
optimizer.step()
checkpoint = {
    "epoch": 1,
    "model": {k: v.clone() for k, v in net.state_dict().items()},
    "optimizer": optimizer.state_dict(),
    "loss": loss.item(),
}
other = nn.Linear(2, 1)
other_optimizer = torch.optim.Adam(other.parameters(), lr=0.5)
other.load_state_dict(checkpoint["model"])
other_optimizer.load_state_dict(checkpoint["optimizer"])
print(other_optimizer.param_groups[0]["lr"], torch.equal(net.weight, other.weight), checkpoint["epoch"])
print(sorted(checkpoint), [int(s["step"]) for s in other_optimizer.state.values()])
