import torch
from torch import nn, optim

net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Dropout(0.1), nn.Linear(8, 2, bias=False))
print(net)
print(net[0], net[0].weight.shape, net[0].bias.dtype)
print(nn.Conv2d(3, 16, kernel_size=3, padding=1), nn.BatchNorm2d(16), nn.LSTM(4, 5, num_layers=2))
print(nn.CrossEntropyLoss(), nn.Embedding(10, 3), nn.MaxPool2d(2), nn.Flatten())
print(optim.SGD(net.parameters(), lr=0.1, momentum=0.9))
print(optim.Adam(net.parameters(), lr=1e-3))
print(nn.ModuleList([nn.Linear(2, 2) for _ in range(3)]))
print(nn.ModuleDict({"enc": nn.Linear(1, 2), "dec": nn.Linear(2, 1)}))
print(nn.ParameterList([nn.Parameter(torch.zeros(2))]))
net
