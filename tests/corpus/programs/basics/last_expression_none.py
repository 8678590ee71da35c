import torch

losses = []
losses.append(torch.tensor(1.0))
losses.extend([2.0])
print(len(losses))
losses.append(3.0)
