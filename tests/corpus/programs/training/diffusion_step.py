import torch
from torch import nn

torch.manual_seed(0)
T = 10
betas = torch.linspace(1e-4, 0.2, T)
alphas_bar = torch.cumprod(1 - betas, dim=0)
denoiser = nn.Sequential(nn.Linear(3, 16), nn.SiLU(), nn.Linear(16, 2))
optimizer = torch.optim.AdamW(denoiser.parameters(), lr=1e-2)
data = torch.randn(32, 2) * 0.1 + torch.tensor([1.0, -1.0])
for step in range(20):
    t = torch.randint(0, T, (len(data),))
    noise = torch.randn_like(data)
    a = alphas_bar[t].unsqueeze(1)
    noisy = a.sqrt() * data + (1 - a).sqrt() * noise
    loss = (denoiser(torch.cat([noisy, t[:, None] / T], dim=1)) - noise).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f"{loss.item():.4f}")
with torch.no_grad():
    x = torch.randn(2, 2)
    for t in reversed(range(T)):
        eps = denoiser(torch.cat([x, torch.full((2, 1), t / T)], dim=1))
        x = (x - betas[t] / (1 - alphas_bar[t]).sqrt() * eps) / (1 - betas[t]).sqrt()
        if t > 0:
            x += betas[t].sqrt() * torch.randn_like(x)
x.shape
