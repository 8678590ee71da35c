import torch

torch.manual_seed(0)
loss = nn.MSELoss()
w = torch.zeros(2, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
for step in range(3):
    optimizer.zero_grad()
    l = loss(w, torch.tensor(np.array([1.0, 2.0])).float())
    l.backward()
    optimizer.step()
    print(step, l.item())
