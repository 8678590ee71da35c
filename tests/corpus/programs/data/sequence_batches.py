import random

import torch


def seq_data_iter_random(corpus, batch_size, num_steps):
    corpus = corpus[random.randint(0, num_steps - 1) :]
    num_subseqs = (len(corpus) - 1) // num_steps
    initial_indices = list(range(0, num_subseqs * num_steps, num_steps))
    random.shuffle(initial_indices)

    def data(pos):
        return corpus[pos : pos + num_steps]

    num_batches = num_subseqs // batch_size
    for i in range(0, batch_size * num_batches, batch_size):
        per_batch = initial_indices[i : i + batch_size]
        X = [data(j) for j in per_batch]
        Y = [data(j + 1) for j in per_batch]
        yield torch.tensor(X), torch.tensor(Y)


class SeqDataLoader:
    def __init__(self, batch_size, num_steps):
        self.data_iter_fn = seq_data_iter_random
        self.corpus = list(range(35))
        self.batch_size, self.num_steps = batch_size, num_steps

    def __iter__(self):
        return self.data_iter_fn(self.corpus, self.batch_size, self.num_steps)


for X, Y in SeqDataLoader(2, 5):
    print("X: ", X, "\nY:", Y)
