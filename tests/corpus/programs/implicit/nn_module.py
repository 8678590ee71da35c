class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)

    def forward(self, x):
        return F.relu(self.fc(x))


net = Net()
print(net)
print(net(torch.ones(3, 4)).shape)
