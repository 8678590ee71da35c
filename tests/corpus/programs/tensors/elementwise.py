import torch

x = torch.tensor([0.25, 1.0, 4.0])
print(x.sqrt(), x.exp(), x.log(), x.sin(), torch.tanh(x), x.sigmoid(), x.reciprocal(), x.rsqrt())
print(x.pow(2), 2**x, x.abs(), -x, +x, x.neg(), x.sign(), x.floor(), x.ceil(), x.round(), x.frac(), x.trunc())
print(x.clamp(0.5, 2), x.clip(max=1), torch.maximum(x, torch.ones(3)), torch.minimum(x, torch.ones(3)))
print(torch.fmod(x, 0.3), torch.remainder(-x, 3), torch.lerp(x, x * 2, 0.5), torch.addcmul(x, x, x, value=2))
print(x > 1, x.ge(1), x.eq(4), torch.isclose(x, x + 1e-9), x.isfinite(), torch.nan_to_num(x / 0))
print(torch.erf(x), torch.log1p(x), torch.expm1(x), torch.special.expit(x), torch.atan2(x, x), torch.sinc(x))
print(torch.square(x), torch.float_power(x, 2), x.lgamma(), torch.logaddexp(x, x), torch.hypot(x, x), torch.copysign(x, -x))
print(torch.div(torch.tensor([7, -7]), 2, rounding_mode="floor"), torch.div(torch.tensor([7, -7]), 2, rounding_mode="trunc"))
print(torch.bitwise_and(torch.tensor(6), 3), torch.tensor(1) << 3, torch.tensor(6) ^ 3, ~torch.tensor(0))
