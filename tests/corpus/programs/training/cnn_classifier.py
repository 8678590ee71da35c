import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.conv1 = nn.Conv2d(1, 4, 3)
        self.pool = nn.MaxPool2d(2, 2)
        self.fc1 = nn.Linear(4 * 3 * 3, 2)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = x.view(-1, self.num_flat_features(x))
        return self.fc1(x)

    def num_flat_features(self, x):
        size = x.size()[1:]
        num_features = 1
        for s in size:
            num_features *= s
        return num_features


images = torch.randn(24, 1, 8, 8) * 0.1
labels = torch.arange(24) % 2
images[labels == 1, :, 2:6, 3] += 1
loader = DataLoader(TensorDataset(images, labels), batch_size=8, shuffle=True)
net = Net()
criterion, optimizer = nn.CrossEntropyLoss(), optim.SGD(net.parameters(), lr=0.2, momentum=0.9)
for epoch in range(4):
    running_loss, correct = 0.0, 0
    for i, data in enumerate(loader, 0):
        inputs, targets = data
        optimizer.zero_grad()
        outputs = net(inputs)
        loss = criterion(outputs, targets)
        loss.backward()
        optimizer.step()
        running_loss += loss.item()
        _, predicted = torch.max(outputs.data, 1)
        correct += (predicted == targets).sum().item()
    print("[%d] loss: %.3f acc: %d%%" % (epoch + 1, running_loss / len(loader), 100 * correct / len(images)))
print("Finished Training")
