import torch
from torch import nn

torch.manual_seed(0)
x = torch.linspace(-1, 1, 16).unsqueeze(1)
y = x**2
net = nn.Sequential(nn.Linear(1, 8), nn.Tanh(), nn.Linear(8, 1))
opt = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(100):
    opt.zero_grad()
    loss = nn.functional.mse_loss(net(x), y)
    loss.backward()
    opt.step()
    if (epoch + 1) % 25 == 0:
        print(epoch + 1, f"{loss.item():.5f}")
