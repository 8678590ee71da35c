import torch


def describe(*tensors, **options):
    print(len(tensors), sorted(options.items()))
    return sum(t.sum() for t in tensors)


def wrap(function, *args, **kwargs):
    return function(*args, **kwargs)


def positional(a, b, /, c, *rest, d=4, **more):
    return a, b, c, rest, d, more


print(describe(torch.ones(2), torch.ones(3), verbose=True, name="x"))
print(wrap(torch.full, (2,), fill_value=7.0))
print(positional(1, 2, 3), positional(1, 2, 3, 5, 6, d=0, e=9))
print(wrap(torch.cat, [torch.ones(1), torch.zeros(1)], dim=0))
