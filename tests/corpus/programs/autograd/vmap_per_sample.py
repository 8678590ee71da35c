import torch
from torch.func import functional_call, grad, vmap

net = torch.nn.Linear(2, 1)
params = {k: v.detach() for k, v in net.named_parameters()}


def loss(params, x, y):
    prediction = functional_call(net, params, (x.unsqueeze(0),))
    return ((prediction.squeeze(0) - y) ** 2).mean()


X, Y = torch.randn(4, 2), torch.randn(4, 1)
per_sample = vmap(grad(loss), in_dims=(None, 0, 0))(params, X, Y)
print({k: v.shape for k, v in per_sample.items()})
out = ((net(X) - Y) ** 2).mean()
out.backward()
print(torch.allclose(per_sample["weight"].mean(0), net.weight.grad, atol=1e-6))
