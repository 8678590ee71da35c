"""Short training runs; the last call is a test sequence, so that the gates of the trained layer are looked at."""

from __future__ import annotations

from explorer.ui.examples.example import Example

_HEAD = "import torch\nfrom torch import nn\n\n"

TRAINING_EXAMPLES = (
    Example(
        "Training: a sine's next value",
        _HEAD
        + """\
torch.manual_seed(0)
x = torch.sin(torch.arange(21) / 3).view(21, 1, 1)
lstm = nn.LSTM(1, 6)
head = nn.Linear(6, 1)
opt = torch.optim.Adam([*lstm.parameters(), *head.parameters()], lr=0.03)
for step in range(40):
    output, _ = lstm(x[:-1])
    loss = (head(output) - x[1:]).square().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 10 == 0:
        print(step, loss.item())

test = torch.sin(torch.arange(24) / 3 + 1).view(24, 1, 1)
output, (h_n, c_n) = lstm(test)
predicted = head(output)
print((predicted[:-1] - test[1:]).square().mean())
""",
    ),
    Example(
        "Training: echo two steps later",
        _HEAD
        + """\
import torch.nn.functional as F

torch.manual_seed(0)
data = torch.randint(0, 2, (50, 8, 32, 1)).float()
lstm = nn.LSTM(1, 8)
head = nn.Linear(8, 1)
opt = torch.optim.Adam([*lstm.parameters(), *head.parameters()], lr=0.1)
for step, bits in enumerate(data):
    output, _ = lstm(bits)
    loss = F.binary_cross_entropy_with_logits(head(output[2:]), bits[:-2])
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 10 == 0:
        print(step, loss.item())

test = torch.tensor([1, 0, 0, 1, 1, 1, 0, 1, 0, 0, 0, 1]).float().view(12, 1, 1)
output, (h_n, c_n) = lstm(test)
echo = (head(output) > 0).float()
print((echo[2:] == test[:-2]).float().mean())
""",
    ),
    Example(
        "Training: add two marked numbers",
        _HEAD
        + """\
torch.manual_seed(3)
values = torch.rand(60, 4, 64)
marks = torch.zeros(60, 4, 64)
marks.scatter_(1, torch.randint(0, 2, (60, 1, 64)), 1.0)
marks.scatter_(1, torch.randint(2, 4, (60, 1, 64)), 1.0)
data = torch.stack([values, marks], dim=-1)
sums = (values * marks).sum(1)
lstm = nn.LSTM(2, 6)
head = nn.Linear(6, 1)
with torch.no_grad():
    lstm.bias_ih_l0[6:12] = 2.0
opt = torch.optim.Adam([*lstm.parameters(), *head.parameters()], lr=0.1)
for step in range(60):
    output, _ = lstm(data[step])
    loss = (head(output[-1])[:, 0] - sums[step]).square().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 10 == 0:
        print(step, loss.item())

test = torch.tensor([[0.9, 1.0], [0.5, 0.0], [0.7, 0.0], [0.2, 1.0]]).unsqueeze(1)
output, (h_n, c_n) = lstm(test)
print(head(output[-1]).item(), 0.9 + 0.2)
""",
    ),
)
