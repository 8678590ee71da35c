import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(5, 3, 4)
rnn = nn.RNN(4, 6)
out, h = rnn(x)
print(out.shape, h.shape, torch.equal(out[-1], h[0]))
lstm = nn.LSTM(4, 6, num_layers=2, bidirectional=True, batch_first=True)
out, (h, c) = lstm(x)
print(out.shape, h.shape, c.shape)
gru = nn.GRU(4, 6)
out, h = gru(x, torch.zeros(1, 3, 6))
print(out.shape, h.shape, [name for name, _ in gru.named_parameters()])
cell = nn.LSTMCell(4, 6)
hx, cx = torch.zeros(3, 6), torch.zeros(3, 6)
for t in range(len(x)):
    hx, cx = cell(x[t], (hx, cx))
print(hx.shape, cx.sum() != 0, nn.GRUCell(4, 6)(x[0]).shape)
