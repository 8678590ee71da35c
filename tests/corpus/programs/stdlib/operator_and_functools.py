import functools
import operator

import torch

print(functools.reduce(operator.mul, torch.Size([2, 3, 4])), operator.add(1, 2), operator.truediv(1, 4))
print(sorted([(2, "b"), (1, "a")], key=operator.itemgetter(0)), list(map(operator.neg, [1, 2])))


class Pipeline:
    def __init__(self, *stages):
        self.stages = stages

    @functools.cached_property
    def size(self):
        print("computed once")
        return len(self.stages)

    @functools.lru_cache(maxsize=8)
    def power(self, n):
        return 2**n

    def run(self, x):
        return functools.reduce(lambda value, stage: stage(value), self.stages, x)


p = Pipeline(torch.exp, torch.log, functools.partial(torch.add, other=1))
print(p.size, p.size, p.power(5), p.run(torch.tensor([1.0])))


@functools.singledispatch
def show(x):
    return "something"


@show.register(int)
def _(x):
    return "an int"


print(show(1), show("a"), functools.cmp_to_key(lambda a, b: b - a)(1) is not None)
sorted([3, 1, 2], key=functools.cmp_to_key(lambda a, b: b - a))
