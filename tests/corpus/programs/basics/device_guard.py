import torch
from torch import nn

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
net = nn.Linear(3, 2).to(device)
x = torch.ones(4, 3, device=device)
if torch.cuda.is_available():
    print(torch.cuda.device_count() > 0)
else:
    print("no GPU")
mps = hasattr(torch.backends, "mps") and torch.backends.mps.is_available()
print(type(mps))
y = net(x).cpu()
print(y.shape, y.device.type, x.to("cpu").is_cuda is False or True)


def try_gpu(i=0):
    """Return gpu(i) if it exists, otherwise cpu()."""
    if torch.cuda.device_count() >= i + 1:
        return torch.device(f"cuda:{i}")
    return torch.device("cpu")


print(try_gpu(10), torch.device("cpu") == torch.device("cpu"), torch.device("cuda:1").index)
