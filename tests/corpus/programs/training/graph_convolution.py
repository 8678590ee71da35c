import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
edges = [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3), (2, 3)]
A = torch.eye(6)
for i, j in edges:
    A[i, j] = A[j, i] = 1
D = A.sum(1).pow(-0.5).diag()
A_hat = D @ A @ D


class GCN(nn.Module):
    def __init__(self):
        super().__init__()
        self.w1 = nn.Linear(6, 4, bias=False)
        self.w2 = nn.Linear(4, 2, bias=False)

    def forward(self, A, X):
        return self.w2(A @ F.relu(self.w1(A @ X)))


net, labels, known = GCN(), torch.tensor([0, 0, 0, 1, 1, 1]), [0, 5]
optimizer = torch.optim.Adam(net.parameters(), lr=0.05)
for epoch in range(25):
    loss = F.cross_entropy(net(A_hat, torch.eye(6))[known], labels[known])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f"{loss:.3f}", net(A_hat, torch.eye(6)).argmax(1))
