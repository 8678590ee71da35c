import random

import torch


def data_iter(batch_size, features, labels):
    num_examples = len(features)
    indices = list(range(num_examples))
    random.shuffle(indices)
    for i in range(0, num_examples, batch_size):
        batch = torch.tensor(indices[i : min(i + batch_size, num_examples)])
        yield features[batch], labels[batch]


features = torch.arange(20.0).reshape(10, 2)
labels = features.sum(1)
seen = 0
for X, y in data_iter(4, features, labels):
    print(X, "\n", y)
    seen += len(y)
print(seen)
