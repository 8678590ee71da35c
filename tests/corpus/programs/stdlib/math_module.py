import math
from math import cos, exp, sin

import torch

print(math.sqrt(16), math.pow(2, 3), math.e, math.tau, math.floor(-1.5), math.trunc(2.7), math.fabs(-3))
print(math.log2(8), math.log10(1000), math.log(8, 2), math.log1p(0), math.atan2(1, 1), math.degrees(math.pi))
print(math.isclose(0.1 + 0.2, 0.3), math.isinf(math.inf), math.copysign(1, -2), math.fsum([0.1] * 10), math.dist((0, 0), (3, 4)))
print(sin(0), cos(0), exp(0), math.erf(0.5), math.gamma(5), math.perm(5, 2), math.lcm(4, 6), math.isqrt(17))


def normal(x, mu, sigma):
    p = 1 / math.sqrt(2 * math.pi * sigma**2)
    return p * torch.exp(-0.5 / sigma**2 * (x - mu) ** 2)


print(normal(torch.tensor([0.0, 1.0]), 0, 1))
