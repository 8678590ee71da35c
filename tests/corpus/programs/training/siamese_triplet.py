import torch
from torch import nn

torch.manual_seed(0)


class Embedder(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 2))

    def forward(self, *inputs):
        return tuple(nn.functional.normalize(self.net(x), dim=-1) for x in inputs)


model, margin = Embedder(), 0.5
anchor, positive, negative = torch.randn(6, 2), torch.randn(6, 2), torch.randn(6, 2) + 3
optimizer = torch.optim.RMSprop(model.parameters(), lr=0.01)
for epoch in range(6):
    a, p, n = model(anchor, positive, negative)
    loss = ((a - p).pow(2).sum(1) - (a - n).pow(2).sum(1) + margin).clamp(min=0).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(epoch, f"{loss.item():.4f}", end="\n" if epoch % 2 else "  ")
