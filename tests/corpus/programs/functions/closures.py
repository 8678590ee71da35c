import torch


def make_scaler(factor):
    def scale(x):
        return x * factor

    return scale


def make_counter():
    count = 0

    def increment():
        nonlocal count
        count += 1
        return count

    return increment


double, triple = make_scaler(2), make_scaler(3)
print(double(torch.ones(2)), triple(torch.ones(2)))
counter = make_counter()
counter()
print(counter(), counter())
powers = [lambda x, p=p: x**p for p in range(3)]
print([f(torch.tensor(3.0)).item() for f in powers])
late = [lambda: i for i in range(3)]
print([f() for f in late])
