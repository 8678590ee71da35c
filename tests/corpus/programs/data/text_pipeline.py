import collections

import torch

lines = ["the time machine", "the time traveller was the one", "machine time"]


def tokenize(lines, token="word"):
    if token == "word":
        return [line.split() for line in lines]
    elif token == "char":
        return [list(line) for line in lines]
    else:
        print("ERROR: unknown token type: " + token)


class Vocab:
    """Vocabulary for text."""

    def __init__(self, tokens=None, min_freq=0, reserved_tokens=None):
        reserved_tokens = reserved_tokens or []
        counter = collections.Counter([t for line in tokens for t in line])
        self._token_freqs = sorted(counter.items(), key=lambda x: x[1], reverse=True)
        self.idx_to_token = ["<unk>"] + reserved_tokens
        self.token_to_idx = {token: idx for idx, token in enumerate(self.idx_to_token)}
        for token, freq in self._token_freqs:
            if freq < min_freq:
                break
            if token not in self.token_to_idx:
                self.idx_to_token.append(token)
                self.token_to_idx[token] = len(self.idx_to_token) - 1

    def __len__(self):
        return len(self.idx_to_token)

    def __getitem__(self, tokens):
        if not isinstance(tokens, (list, tuple)):
            return self.token_to_idx.get(tokens, self.unk)
        return [self.__getitem__(token) for token in tokens]

    def to_tokens(self, indices):
        if not isinstance(indices, (list, tuple)):
            return self.idx_to_token[indices]
        return [self.idx_to_token[index] for index in indices]

    @property
    def unk(self):
        return 0

    @property
    def token_freqs(self):
        return self._token_freqs


tokens = tokenize(lines)
vocab = Vocab(tokens, min_freq=1, reserved_tokens=["<pad>"])
print(list(vocab.token_to_idx.items())[:5], len(vocab), vocab.token_freqs[:2])
for i in [0, 2]:
    print("words:", tokens[i], "indices:", vocab[tokens[i]])
print(vocab.to_tokens([2, 3]), vocab["never"], len(tokenize(lines, "char")[0]))
tokenize(lines, "other")
corpus = torch.tensor([vocab[t] for line in tokens for t in line])
corpus
