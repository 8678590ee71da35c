import torch
import torch.nn.functional as F

registry = {}


def register(name):
    def add(function):
        registry[name] = function
        return function

    return add


@register("relu")
def my_relu(x):
    return torch.max(x, torch.zeros_like(x))


@register("leaky")
def my_leaky(x, slope=0.01):
    return torch.where(x > 0, x, slope * x)


x = torch.linspace(-2, 2, 5)
for name, function in registry.items():
    print(name, function.__name__, function(x))
print(torch.equal(registry["relu"](x), F.relu(x)), torch.allclose(my_leaky(x), F.leaky_relu(x)))
