import torch


def read(lines):
    for line in lines:
        yield line.strip()


def numbers(lines):
    for line in lines:
        try:
            yield float(line)
        except ValueError:
            continue


def windows(values, n):
    window = []
    for v in values:
        window.append(v)
        if len(window) == n:
            yield torch.tensor(window)
            window = window[1:]


def tree(node):
    value, *children = node
    yield value
    for child in children:
        yield from tree(child)


lines = ["1", " 2 ", "x", "3", "4"]
for w in windows(numbers(read(lines)), 2):
    print(w, w.mean())
print(list(tree((1, (2, (3,)), (4,)))))
total = sum(t.sum() for t in windows((float(i) for i in range(4)), 3))
total
