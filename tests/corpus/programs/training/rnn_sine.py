import torch
from torch import nn

torch.manual_seed(0)
wave = torch.sin(torch.arange(0, 20, 0.5))
tau = 4
X = torch.stack([wave[i : i + tau] for i in range(len(wave) - tau)]).unsqueeze(-1)
y = wave[tau:].unsqueeze(-1)


class Forecaster(nn.Module):
    def __init__(self, hidden=8):
        super().__init__()
        self.rnn = nn.GRU(1, hidden, batch_first=True)
        self.head = nn.Linear(hidden, 1)

    def forward(self, x):
        _, h = self.rnn(x)
        return self.head(h.squeeze(0))


model = Forecaster()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for epoch in range(10):
    loss = nn.functional.mse_loss(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)
    optimizer.step()
    if (epoch + 1) % 5 == 0:
        print(f"{epoch + 1:3d} {loss:.4f}")
