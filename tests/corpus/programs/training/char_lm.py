import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
text = "hello world hello torch "
chars = sorted(list(set(text)))
stoi = {ch: i for i, ch in enumerate(chars)}
itos = {i: ch for ch, i in stoi.items()}
encode = lambda s: [stoi[c] for c in s]
decode = lambda ids: "".join([itos[i] for i in ids])
data = torch.tensor(encode(text))


class CharLSTM(nn.Module):
    def __init__(self, vocab, hidden):
        super().__init__()
        self.emb = nn.Embedding(vocab, 8)
        self.lstm = nn.LSTM(8, hidden, batch_first=True)
        self.out = nn.Linear(hidden, vocab)

    def forward(self, x, state=None):
        h, state = self.lstm(self.emb(x), state)
        return self.out(h), state


model = CharLSTM(len(chars), 16)
opt = torch.optim.AdamW(model.parameters(), lr=0.03)
for step in range(12):
    logits, _ = model(data[None, :-1])
    loss = F.cross_entropy(logits.view(-1, len(chars)), data[1:])
    opt.zero_grad(set_to_none=True)
    loss.backward()
    opt.step()
print(f"{loss.item():.3f}")
with torch.no_grad():
    idx, state, out = torch.tensor([[stoi["h"]]]), None, ["h"]
    for _ in range(10):
        logits, state = model(idx, state)
        idx = logits[:, -1].softmax(-1).argmax(-1, keepdim=True)
        out.append(itos[idx.item()])
print("".join(out), decode(encode("world")))
