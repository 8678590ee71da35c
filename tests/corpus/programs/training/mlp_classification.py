import torch
from torch import nn, optim

torch.manual_seed(0)
X = torch.rand(64, 2) * 2 - 1
y = (X[:, 0] * X[:, 1] > 0).long()


class Net(nn.Module):
    def __init__(self, hidden=16):
        super().__init__()
        self.fc1 = nn.Linear(2, hidden)
        self.fc2 = nn.Linear(hidden, 2)

    def forward(self, x):
        return self.fc2(torch.relu(self.fc1(x)))


net = Net()
criterion = nn.CrossEntropyLoss()
optimizer = optim.Adam(net.parameters(), lr=0.05)
for epoch in range(40):
    optimizer.zero_grad()
    outputs = net(X)
    loss = criterion(outputs, y)
    loss.backward()
    optimizer.step()
    if epoch % 10 == 9:
        accuracy = (outputs.argmax(1) == y).float().mean()
        print(f"Epoch [{epoch + 1}/40], Loss: {loss.item():.4f}, Acc: {accuracy:.2%}")
