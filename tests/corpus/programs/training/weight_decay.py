import torch
from torch import nn

torch.manual_seed(0)
n_train, num_inputs = 10, 30
X = torch.randn(n_train, num_inputs)
y = X @ torch.full((num_inputs, 1), 0.05) + 0.05


def l2_penalty(w):
    return torch.sum(w.pow(2)) / 2


def train(lambd):
    w = torch.normal(0, 1, size=(num_inputs, 1), requires_grad=True)
    for _ in range(20):
        loss = ((X @ w - y) ** 2).mean() + lambd * l2_penalty(w)
        loss.backward()
        with torch.no_grad():
            w -= 0.02 * w.grad
            w.grad.zero_()
    return torch.norm(w).item()


print("L2 norm of w:", round(train(0), 3), round(train(3), 3))
layer = nn.Linear(num_inputs, 1)
optimizer = torch.optim.SGD([{"params": layer.weight, "weight_decay": 3}, {"params": layer.bias}], lr=0.02)
nn.functional.mse_loss(layer(X), y).backward()
optimizer.step()
print(round(layer.weight.norm().item(), 4))
