import torch
from torch import nn


class Everything(nn.Module):
    """Uses most of what modules can do."""

    kinds = ("a", "b")

    def __init__(self, sizes, *, bias=True, **options):
        super().__init__()
        self.options = options
        self._calls = 0
        self.layers = nn.ModuleList()
        for n_in, n_out in zip(sizes[:-1], sizes[1:]):
            self.layers.append(nn.Linear(n_in, n_out, bias=bias))
        self.act = options.get("act", nn.ReLU())
        self.register_buffer("steps", torch.zeros((), dtype=torch.long), persistent=False)
        self.reset()

    def reset(self):
        for layer in self.layers:
            nn.init.constant_(layer.weight, 0.5)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)

    @property
    def depth(self):
        return len(self.layers)

    @staticmethod
    def scale(x):
        return x / x.max()

    @classmethod
    def small(cls, **kwargs):
        return cls([2, 3, 1], **kwargs)

    def __len__(self):
        return self.depth

    def __getitem__(self, i):
        return self.layers[i]

    def forward(self, x, return_hidden=False):
        hidden = []
        for i, layer in enumerate(self.layers):
            x = layer(x)
            if i < len(self) - 1:
                x = self.act(x)
            hidden.append(x)
        self._calls += 1
        self.steps += 1
        return (x, hidden) if return_hidden else x


net = Everything.small(act=nn.Tanh())
out, hidden = net(torch.ones(1, 2), return_hidden=True)
print(out, [h.shape for h in hidden], net.depth, len(net), net[0].in_features, net._calls, net.steps)
print(net, net.kinds, net.options, list(net.state_dict()), Everything.scale(torch.tensor([1.0, 2.0])))
print(Everything([1, 1], bias=False)[0].bias, Everything.__doc__, isinstance(net, nn.Module))
