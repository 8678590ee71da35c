import torch

words = ["conv", "relu", "pool"]
print(list(enumerate(words, start=1)), list(zip(words, range(3))), dict(zip(words, [1, 2, 3])))
print(list(map(len, words)), list(filter(lambda w: "o" in w, words)), list(reversed(words)))
print(sorted(words, key=len), sorted([3, 1, 2], reverse=True), list(map(max, [1, 5], [2, 3])))
print(isinstance(1, (int, float)), issubclass(bool, int), callable(print), hash("a") == hash("a"))
print(tuple([1, 2]), set([1, 1]), frozenset([2]), list("ab"), dict(a=1), str([1]), bytes([65]), bool([]))
print(getattr(torch.ones(2), "shape"), hasattr(torch, "nothing"), getattr(torch, "nothing", "absent"))


class Config:
    rate = 0.1


config = Config()
setattr(config, "depth", 3)
print(config.depth, config.rate, hasattr(config, "depth"), repr(words), ascii("a"), format(3.14159, ".2f"))
it = iter(words)
print(next(it), next(it), next(it), next(it, "end"))
print(slice(1, 3) == slice(1, 3), words[slice(0, 2)], range(10)[2:5], len(range(0, 10, 3)), object() is None)
print(all([]), any([]), min("b", "a"), max([], default=0), sum(map(int, "123")))
