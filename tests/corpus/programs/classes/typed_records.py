from typing import Any, Callable, Iterator, NamedTuple, Sequence, Union

import torch


class Batch(NamedTuple):
    x: torch.Tensor
    y: torch.Tensor
    name: str = "batch"


def apply(f: Callable[[torch.Tensor], torch.Tensor], *xs: torch.Tensor) -> "list[torch.Tensor]":
    return [f(x) for x in xs]


def pick(values: Sequence[Any], index: Union[int, None] = None) -> Any | None:
    return None if index is None else values[index]


def stream(n: int) -> Iterator[Batch]:
    for i in range(n):
        yield Batch(torch.full((1,), float(i)), y=torch.zeros(1))


for x, y, name in stream(2):
    print(x, y, name)
batch = next(stream(1))
print(batch, batch.name, batch._fields, apply(torch.neg, batch.x), pick([1, 2], 1), pick([]))
