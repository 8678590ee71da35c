import torch

w = torch.ones(2, requires_grad=True)
print((w * 2).detach().numpy())
(w * 2).numpy()
