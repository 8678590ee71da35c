import torch
from torch import nn

torch.manual_seed(3)
net = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Dropout(0.5))
x = torch.randn(8, 4)
print(net.training, torch.equal(net(x), net(x)))
net.eval()
print(net.training, net[2].training, torch.equal(net(x), net(x)))
print(net[1].running_mean, net[1].num_batches_tracked)
net.train()
net[1].eval()
print([m.training for m in net])
for p in net[0].parameters():
    p.requires_grad = False
print([p.requires_grad for p in net.parameters()])
net.requires_grad_(True)
