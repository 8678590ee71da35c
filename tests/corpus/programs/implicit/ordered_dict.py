net = nn.Sequential(OrderedDict([("a", nn.Linear(2, 3)), ("b", nn.ReLU())]))
print(net.a, list(OrderedDict(x=1)))
net(torch.zeros(1, 2)).shape
