import torch


def rate(epoch):
    return 1 / epoch


w = torch.nn.Parameter(torch.zeros(1))
optimizer = torch.optim.SGD([w], lr=0.1)
torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
