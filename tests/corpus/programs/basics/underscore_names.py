import torch

for _ in range(2):
    x = torch.ones(2)
_, index = torch.tensor([4.0, 9.0]).max(0)
values, _ = torch.tensor([4.0, 9.0]).sort(descending=True)
_private = 5
_scale, __ = 2, 3


def _helper(x, _bias=1):
    _local = x * _scale
    return _local + _bias


class _Internal:
    _shared = 10

    def __init__(self):
        self._value = 1

    def _method(self):
        return self._value + self._shared


print(index, values, _private, __)
print(_helper(x), _Internal()._method(), _)
