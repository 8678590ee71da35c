import torch
from torch import nn

net = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
activations = {}


def save(name):
    def hook(module, inputs, output):
        activations[name] = output.detach()
        print(name, type(module).__name__, tuple(inputs[0].shape), "->", tuple(output.shape))

    return hook


handles = [layer.register_forward_hook(save(f"layer{i}")) for i, layer in enumerate(net)]
net.register_forward_pre_hook(lambda m, args: (args[0] * 2,))
out = net(torch.ones(2, 3))
print(sorted(activations), torch.equal(activations["layer2"], out))
for handle in handles:
    handle.remove()
net(torch.ones(1, 3))
grads = []
net[0].register_full_backward_hook(lambda m, gi, go: grads.append(go[0].shape))
net(torch.ones(1, 3, requires_grad=True)).sum().backward()
print(grads)
