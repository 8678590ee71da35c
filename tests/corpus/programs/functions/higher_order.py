import torch


def compose(*functions):
    def composed(x):
        for function in functions:
            x = function(x)
        return x

    return composed


def numerical_derivative(f, x, h=1e-4):
    return (f(x + h) - f(x - h)) / (2 * h)


pipeline = compose(torch.relu, torch.sqrt, lambda t: t.sum())
print(pipeline(torch.tensor([-1.0, 4.0, 9.0])))
x = torch.tensor(2.0, dtype=torch.float64)
print(numerical_derivative(torch.sin, x), torch.cos(x))
print(list(map(torch.Tensor.item, [torch.tensor(1), torch.tensor(2)])))
layers = [torch.tanh, torch.sigmoid]
out = torch.zeros(1)
for layer in layers:
    out = layer(out)
out
