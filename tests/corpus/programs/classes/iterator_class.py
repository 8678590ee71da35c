import torch


class Batches:
    def __init__(self, data, size):
        self.data, self.size = data, size

    def __iter__(self):
        self.start = 0
        return self

    def __next__(self):
        if self.start >= len(self.data):
            raise StopIteration
        batch = self.data[self.start : self.start + self.size]
        self.start += self.size
        return batch


class Epochs:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        for i in range(self.n):
            yield i

    def __reversed__(self):
        return reversed(range(self.n))


for batch in Batches(torch.arange(5), 2):
    print(batch)
print(list(Epochs(3)), [*Epochs(2)], list(reversed(Epochs(3))))
iterator = iter(Batches([1, 2, 3], 2))
print(next(iterator), next(iterator), next(iterator, None))
first, second = Batches(torch.arange(4), 2)
print(first, second)
