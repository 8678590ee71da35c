import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(2, 4, 3)
ln = nn.LayerNorm(3)
print(torch.allclose(ln(x), (x - x.mean(-1, keepdim=True)) / (x.var(-1, unbiased=False, keepdim=True) + 1e-5).sqrt(), atol=1e-5))
print(nn.GroupNorm(2, 4)(x).mean().abs() < 1e-5, nn.InstanceNorm1d(4)(x).shape, nn.BatchNorm1d(4)(x).std() > 0.9)
rms = nn.RMSNorm(3)
print(rms(x)[0, 0], (x / (x.pow(2).mean(-1, keepdim=True) + 1e-6).sqrt())[0, 0].shape)
print(nn.functional.layer_norm(x, (4, 3)).shape, nn.LocalResponseNorm(2)(x).shape, ln.weight, ln.bias)
