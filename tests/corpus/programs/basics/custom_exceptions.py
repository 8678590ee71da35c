import torch


class ShapeError(ValueError):
    """Raised for a wrong shape."""

    def __init__(self, expected, got):
        super().__init__(f"expected {expected}, got {got}")
        self.expected = expected


def check(x, dims):
    if x.dim() != dims:
        raise ShapeError(dims, x.dim())
    return x


try:
    check(torch.ones(2, 3), 3)
except ShapeError as error:
    print(error, error.expected, isinstance(error, ValueError))

try:
    try:
        raise KeyError("inner")
    except KeyError as inner:
        raise RuntimeError("outer") from inner
except RuntimeError as outer:
    print(outer)

try:
    raise NotImplementedError
except NotImplementedError:
    print("not implemented")
