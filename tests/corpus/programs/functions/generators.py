import torch


def batches(data, size):
    for start in range(0, len(data), size):
        yield data[start : start + size]


def countdown(n):
    while n > 0:
        yield n
        n -= 1
    return "done"


def both(n):
    result = yield from countdown(n)
    yield result


def running_mean():
    total, count = 0.0, 0
    mean = None
    while True:
        value = yield mean
        total += value
        count += 1
        mean = total / count


for batch in batches(torch.arange(7), 3):
    print(batch)
print(list(both(3)))
mean = running_mean()
next(mean)
print(mean.send(10), mean.send(20), mean.send(30))
mean.close()
squares = (x * x for x in range(4))
print(next(squares), list(squares), sum(i for i in range(5)))
