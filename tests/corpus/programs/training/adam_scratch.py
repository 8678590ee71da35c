import torch


def init_adam_states(params):
    return [(torch.zeros_like(p), torch.zeros_like(p)) for p in params]


def adam(params, states, hyperparams):
    beta1, beta2, eps = 0.9, 0.999, 1e-8
    for p, (v, s) in zip(params, states):
        with torch.no_grad():
            v[:] = beta1 * v + (1 - beta1) * p.grad
            s[:] = beta2 * s + (1 - beta2) * torch.square(p.grad)
            v_bias_corr = v / (1 - beta1 ** hyperparams["t"])
            s_bias_corr = s / (1 - beta2 ** hyperparams["t"])
            p[:] -= hyperparams["lr"] * v_bias_corr / (torch.sqrt(s_bias_corr) + eps)
        p.grad.data.zero_()
    hyperparams["t"] += 1


a = torch.tensor([1.0, -2.0], requires_grad=True)
b = torch.tensor([1.0, -2.0], requires_grad=True)
states, hyper = init_adam_states([a]), {"lr": 0.1, "t": 1}
theirs = torch.optim.Adam([b], lr=0.1)
for _ in range(10):
    (a**2).sum().backward()
    adam([a], states, hyper)
    theirs.zero_grad()
    (b**2).sum().backward()
    theirs.step()
print(a, torch.allclose(a, b, atol=1e-6), hyper)
