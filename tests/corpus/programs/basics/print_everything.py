import collections
import torch
import numpy as np

print(torch.tensor(3), torch.tensor(3.5), torch.tensor(True), torch.tensor(1 + 2j))
print(torch.tensor([]), torch.zeros(0, 3), torch.zeros(2, 0).sum())
print(torch.tensor([1, 2], dtype=torch.int8), torch.tensor([1.0], dtype=torch.float64))
print(torch.tensor([0.5], dtype=torch.bfloat16), torch.tensor([0.5], dtype=torch.half))
print(torch.tensor([float("nan"), float("inf"), -float("inf")]))
print(torch.arange(2000).reshape(20, 100))
print(torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True) * 2)
print(torch.nn.Parameter(torch.zeros(2)))
print(torch.float32, torch.int64, torch.device("cpu"), torch.Size([2, 3]), torch.strided)
print(torch.eye(2).to_sparse())
print(np.array([1.5, 2.5]), np.float32(2.5), np.arange(4).reshape(2, 2))
print({"a": torch.ones(1)}, [torch.zeros(1)], (torch.ones(1),))
print(collections.OrderedDict(a=1), collections.Counter("aab"), collections.deque([1, 2]))
print(ValueError("bad value"), repr(KeyError("k")), None, ..., NotImplemented)
print(range(3), slice(1, 2), 1e10, 1e-7, 10**20, 3 + 4j, b"bytes", {1, 2}, frozenset([1]))
print(type(1), type("a"), type(torch.ones(1)), type(None), int, torch.Tensor)
print(torch.tensor([3.0, 1.0]).max(0), torch.tensor([3.0, 1.0]).sort())
