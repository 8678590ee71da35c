import math

import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        assert d_model % num_heads == 0
        self.h, self.d_k = num_heads, d_model // num_heads
        self.W_q, self.W_k, self.W_v, self.W_o = (nn.Linear(d_model, d_model) for _ in range(4))

    def split(self, x):
        b, t, d = x.shape
        return x.view(b, t, self.h, self.d_k).transpose(1, 2)

    def forward(self, q, k, v, mask=None):
        q, k, v = self.split(self.W_q(q)), self.split(self.W_k(k)), self.split(self.W_v(v))
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.d_k)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, -1e9)
        weights = scores.softmax(dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(q.shape[0], -1, self.h * self.d_k)
        return self.W_o(out), weights


torch.manual_seed(0)
attn = MultiHeadAttention(8, 2)
x = torch.randn(2, 5, 8)
mask = torch.tril(torch.ones(5, 5))
out, weights = attn(x, x, x, mask)
print(out.shape, weights.shape, weights[0, 0].triu(1).abs().sum())
builtin = nn.MultiheadAttention(8, 2, batch_first=True)
out, weights = builtin(x, x, x)
print(out.shape, weights.shape, torch.allclose(weights.sum(-1), torch.ones(2, 5)))
