import torch
from torch.distributions import Bernoulli, Beta, Categorical, Exponential, Normal, Poisson, Uniform, kl_divergence

torch.manual_seed(0)
n = Normal(torch.tensor([0.0, 2.0]), torch.tensor([1.0, 0.5]))
print(n, n.sample().shape, n.log_prob(torch.tensor([0.0, 2.0])), n.mean, n.stddev, n.entropy())
print(kl_divergence(Normal(0.0, 1.0), Normal(1.0, 2.0)), n.cdf(torch.zeros(2)), n.icdf(torch.tensor([0.5, 0.5])))
print(Bernoulli(torch.tensor([0.3])).sample((4,)).shape, Categorical(torch.tensor([0.2, 0.8])).log_prob(torch.tensor(1)))
print(Uniform(0.0, 2.0).log_prob(torch.tensor(1.0)), Exponential(2.0).mean, Poisson(3.0).variance, Beta(2.0, 3.0).mean)
print(Normal(0.0, 1.0).expand((3,)).batch_shape, n.batch_shape, n.event_shape)
