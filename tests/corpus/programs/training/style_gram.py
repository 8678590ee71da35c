import torch
import torch.nn.functional as F

torch.manual_seed(0)


def gram_matrix(input):
    a, b, c, d = input.size()
    features = input.view(a * b, c * d)
    G = torch.mm(features, features.t())
    return G.div(a * b * c * d)


target = gram_matrix(torch.randn(1, 3, 4, 4)).detach()
image = torch.randn(1, 3, 4, 4).requires_grad_(True)
opt = torch.optim.Adam([image], lr=0.1)
for step in range(10):
    opt.zero_grad()
    loss = F.mse_loss(gram_matrix(image), target) * 1e3
    loss.backward()
    opt.step()
    with torch.no_grad():
        image.clamp_(-2, 2)
    if step % 3 == 0:
        print(step, f"{loss.item():.3f}")
