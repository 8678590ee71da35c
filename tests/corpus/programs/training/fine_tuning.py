import torch
from torch import nn

torch.manual_seed(0)
backbone = nn.Sequential(nn.Linear(4, 8), nn.ReLU())
for param in backbone.parameters():
    param.requires_grad = False
model = nn.Sequential(backbone, nn.Linear(8, 2))
trainable = [n for n, p in model.named_parameters() if p.requires_grad]
print(trainable)
before = backbone[0].weight.clone()
opt = torch.optim.Adam(filter(lambda p: p.requires_grad, model.parameters()), lr=0.1)
x, y = torch.randn(6, 4), torch.tensor([0, 1, 0, 1, 0, 1])
for _ in range(3):
    opt.zero_grad()
    nn.CrossEntropyLoss()(model(x), y).backward()
    opt.step()
print(torch.equal(before, backbone[0].weight), model[1].weight.grad is not None, backbone[0].weight.grad)
