import torch
from torch import nn

torch.manual_seed(0)
net_G = nn.Sequential(nn.Linear(2, 2))
net_D = nn.Sequential(nn.Linear(2, 5), nn.Tanh(), nn.Linear(5, 1))
loss = nn.BCEWithLogitsLoss()
trainer_D = torch.optim.Adam(net_D.parameters(), lr=0.05)
trainer_G = torch.optim.Adam(net_G.parameters(), lr=0.005)


def update_D(X, Z):
    batch_size = X.shape[0]
    ones, zeros = torch.ones((batch_size,)), torch.zeros((batch_size,))
    trainer_D.zero_grad()
    real_Y = net_D(X)
    fake_X = net_G(Z)
    fake_Y = net_D(fake_X.detach())
    loss_D = (loss(real_Y, ones.reshape(real_Y.shape)) + loss(fake_Y, zeros.reshape(fake_Y.shape))) / 2
    loss_D.backward()
    trainer_D.step()
    return loss_D


def update_G(Z):
    trainer_G.zero_grad()
    fake_Y = net_D(net_G(Z))
    loss_G = loss(fake_Y, torch.ones_like(fake_Y))
    loss_G.backward()
    trainer_G.step()
    return loss_G


for w in net_D.parameters():
    nn.init.normal_(w, 0, 0.02)
data = torch.randn(40, 2) @ torch.tensor([[1, 2], [-0.1, 0.5]]) + torch.tensor([1, 2])
for epoch in range(5):
    Z = torch.normal(0, 1, size=(40, 2))
    d, g = update_D(data, Z), update_G(Z)
    print(f"loss_D {d:.3f}, loss_G {g:.3f}")
