import functools

import torch


def logged(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        print("calling", function.__name__)
        result = function(*args, **kwargs)
        print("returned", tuple(result.shape))
        return result

    return wrapper


def repeat(times):
    def decorate(function):
        def inner(x):
            for _ in range(times):
                x = function(x)
            return x

        return inner

    return decorate


@logged
def double(x):
    """Twice x."""
    return x * 2


@logged
@repeat(3)
def grow(x):
    return x + 1


print(double(torch.ones(2)), double.__name__, double.__doc__)
print(grow(torch.zeros(2)))
