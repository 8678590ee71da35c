import torch
from torch import nn
import torch.nn.functional as F

torch.manual_seed(0)
x = torch.randn(1, 3, 8, 8)
for layer in [
    nn.Conv2d(3, 4, 3),
    nn.Conv2d(3, 4, kernel_size=3, padding=1, stride=2),
    nn.Conv2d(3, 4, kernel_size=(3, 5), padding=(0, 1), stride=(3, 4)),
    nn.Conv2d(3, 6, 3, groups=3, dilation=2),
    nn.ConvTranspose2d(3, 2, 2, stride=2),
    nn.MaxPool2d(2),
    nn.AvgPool2d(3, stride=1),
    nn.AdaptiveAvgPool2d((1, 1)),
    nn.Upsample(scale_factor=2),
    nn.Flatten(),
]:
    print(type(layer).__name__, tuple(layer(x).shape))
w = torch.randn(2, 3, 3, 3)
unfolded = F.unfold(x, 3)
by_hand = (w.reshape(2, -1) @ unfolded).reshape(1, 2, 6, 6)
print(torch.allclose(F.conv2d(x, w), by_hand, atol=1e-4))
print(nn.Conv1d(3, 5, 3)(torch.randn(2, 3, 10)).shape, nn.Conv3d(1, 2, 2)(torch.randn(1, 1, 3, 3, 3)).shape)
