import torch
from torch import nn

torch.manual_seed(0)
PAD, BOS, VOCAB = 0, 1, 6


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(VOCAB, 8)
        self.rnn = nn.GRU(8, 16, batch_first=True)

    def forward(self, x):
        return self.rnn(self.embed(x))[1]


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(VOCAB, 8)
        self.rnn = nn.GRU(8, 16, batch_first=True)
        self.out = nn.Linear(16, VOCAB)

    def forward(self, y, state):
        h, state = self.rnn(self.embed(y), state)
        return self.out(h), state


class Seq2Seq(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = Encoder(), Decoder()

    def forward(self, x, y):
        bos = torch.full((len(y), 1), BOS)
        return self.decoder(torch.cat([bos, y[:, :-1]], dim=1), self.encoder(x))[0]

    @torch.no_grad()
    def predict(self, x, steps):
        state, token, out = self.encoder(x), torch.full((len(x), 1), BOS), []
        for _ in range(steps):
            logits, state = self.decoder(token, state)
            token = logits.argmax(-1)
            out.append(token)
        return torch.cat(out, dim=1)


x = torch.randint(2, VOCAB, (16, 3))
model = Seq2Seq()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for epoch in range(8):
    logits = model(x, x.flip(1))
    loss = nn.functional.cross_entropy(logits.reshape(-1, VOCAB), x.flip(1).reshape(-1), ignore_index=PAD)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f"{loss.item():.3f}", model.predict(x[:2], 3).shape)
