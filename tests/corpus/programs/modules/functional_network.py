import torch
import torch.nn.functional as F

torch.manual_seed(0)
weights = {
    "conv": torch.randn(2, 1, 3, 3, requires_grad=True),
    "fc": torch.randn(3, 2 * 3 * 3, requires_grad=True),
    "bias": torch.zeros(3, requires_grad=True),
}


def model(x, p, training=True):
    x = F.conv2d(x, p["conv"], padding=1)
    x = F.batch_norm(x, torch.zeros(2), torch.ones(2), training=training)
    x = F.max_pool2d(F.leaky_relu(x, 0.2), 2)
    x = F.dropout(x, 0.0, training)
    return F.linear(x.flatten(1), p["fc"], bias=p["bias"])


x, y = torch.randn(4, 1, 6, 6), torch.tensor([0, 1, 2, 0])
for step in range(3):
    loss = F.cross_entropy(model(x, weights), y)
    grads = torch.autograd.grad(loss, list(weights.values()))
    weights = {k: (w - 0.1 * g).detach().requires_grad_() for (k, w), g in zip(weights.items(), grads)}
    print(f"{loss.item():.4f}")
