import torch
import torch.distributions as D

torch.manual_seed(0)
mu = torch.tensor(1.0, requires_grad=True)
log_sigma = torch.tensor(0.0, requires_grad=True)
q = D.Normal(mu, log_sigma.exp())
z = q.rsample((200,))
loss = (z**2).mean()
loss.backward()
print(mu.grad, log_sigma.grad, z.requires_grad, q.sample().requires_grad)
p = D.Normal(0.0, 1.0)
print(D.kl_divergence(q, p), (q.log_prob(z) - p.log_prob(z)).mean().detach())
mvn = D.MultivariateNormal(torch.zeros(2), covariance_matrix=torch.tensor([[1.0, 0.5], [0.5, 1.0]]))
print(mvn.rsample((3,)).shape, mvn.log_prob(torch.zeros(2)))
