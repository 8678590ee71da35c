import torch
from torch.distributions import LogNormal, Normal, TransformedDistribution
from torch.distributions.transforms import AffineTransform, ExpTransform, SigmoidTransform

base = Normal(torch.tensor(0.0), torch.tensor(1.0))
flow = TransformedDistribution(base, [AffineTransform(loc=1.0, scale=2.0), ExpTransform()])
x = torch.tensor(3.0)
print(flow.log_prob(x), LogNormal(1.0, 2.0).log_prob(x), flow.rsample((2,)).shape)
t = SigmoidTransform()
print(t(torch.tensor(0.0)), t.inv(torch.tensor(0.5)), t.log_abs_det_jacobian(torch.tensor(0.0), t(torch.tensor(0.0))))
