class Vocab:
    def __init__(self, tokens):
        self.itos = sorted(set(tokens))
        self.stoi = {t: i for i, t in enumerate(self.itos)}

    def __len__(self):
        return len(self.itos)

    def __getitem__(self, token):
        if isinstance(token, (list, tuple)):
            return [self[t] for t in token]
        return self.stoi.get(token, -1)

    def __setitem__(self, token, index):
        self.stoi[token] = index

    def __delitem__(self, token):
        del self.stoi[token]

    def __contains__(self, token):
        return token in self.stoi

    def __iter__(self):
        return iter(self.itos)

    def __repr__(self):
        return f"Vocab({len(self)})"

    def __str__(self):
        return "vocab of " + ", ".join(self)

    def __bool__(self):
        return len(self) > 0


vocab = Vocab("the cat sat on the mat".split())
print(len(vocab), vocab["cat"], vocab[["the", "dog"]], "mat" in vocab, list(vocab))
vocab["dog"] = 99
del vocab["cat"]
print(vocab["dog"], "cat" in vocab, repr(vocab), str(vocab), bool(vocab))
print([vocab], f"{vocab} {vocab!r}")
