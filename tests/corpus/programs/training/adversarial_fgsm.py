import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Flatten(), nn.Linear(9, 3))
data, target = torch.rand(2, 1, 3, 3), torch.tensor([0, 2])


def fgsm_attack(image, epsilon, data_grad):
    sign_data_grad = data_grad.sign()
    return torch.clamp(image + epsilon * sign_data_grad, 0, 1)


for epsilon in [0, 0.1, 0.3]:
    data.requires_grad = True
    loss = F.nll_loss(F.log_softmax(model(data), dim=1), target)
    model.zero_grad()
    data.grad = None
    loss.backward()
    perturbed = fgsm_attack(data, epsilon, data.grad.data)
    with torch.no_grad():
        after = F.cross_entropy(model(perturbed), target)
    print("Epsilon: {}\tloss {:.4f} -> {:.4f}".format(epsilon, loss, after), (perturbed - data).abs().max().item() <= epsilon + 1e-6)
