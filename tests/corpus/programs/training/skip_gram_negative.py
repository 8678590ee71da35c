import collections
import random

import torch
from torch import nn

random.seed(0)
torch.manual_seed(0)
corpus = "a b c a b d a c b d a b".split()
counter = collections.Counter(corpus)
vocab = [w for w, _ in counter.most_common()]
index = {w: i for i, w in enumerate(vocab)}
pairs = [(index[corpus[i]], index[corpus[j]]) for i in range(len(corpus)) for j in (i - 1, i + 1) if 0 <= j < len(corpus)]
weights = [counter[w] ** 0.75 for w in vocab]
negatives = [random.choices(range(len(vocab)), weights, k=2) for _ in pairs]
embed_v, embed_u = nn.Embedding(len(vocab), 3), nn.Embedding(len(vocab), 3)
optimizer = torch.optim.Adam([*embed_v.parameters(), *embed_u.parameters()], lr=0.1)
centers = torch.tensor([c for c, _ in pairs])
contexts = torch.tensor([[o, *n] for (_, o), n in zip(pairs, negatives)])
labels = torch.zeros(contexts.shape)
labels[:, 0] = 1
for epoch in range(5):
    scores = torch.bmm(embed_v(centers)[:, None], embed_u(contexts).permute(0, 2, 1)).squeeze(1)
    loss = nn.functional.binary_cross_entropy_with_logits(scores, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(epoch, f"{loss:.4f}")
