import torch
from torch import nn

torch.manual_seed(0)


class AutoEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(8, 4), nn.Tanh(), nn.Linear(4, 2))
        self.decoder = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 8))

    def forward(self, x):
        encoded = self.encoder(x)
        decoded = self.decoder(encoded)
        return encoded, decoded


data = torch.eye(8)
model = AutoEncoder()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for epoch in range(31):
    code, reconstruction = model(data)
    loss = (reconstruction - data).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if not epoch % 10:
        print(epoch, "%.4f" % loss.item())
code.shape
