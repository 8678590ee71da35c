import copy
import time

import torch

start = time.time()
original = {"w": torch.ones(2), "sizes": [1, 2]}
shallow, deep = copy.copy(original), copy.deepcopy(original)
original["w"].add_(1)
original["sizes"].append(3)
print(shallow, deep)
layers = [copy.deepcopy(torch.nn.Linear(2, 2)) for _ in range(2)]
print(layers[0] is layers[1], time.time() - start >= 0, time.perf_counter() > 0)


class Timer:
    """Record multiple running times."""

    def __init__(self):
        self.times = []
        self.start()

    def start(self):
        self.tik = time.time()

    def stop(self):
        self.times.append(time.time() - self.tik)
        return self.times[-1]


timer = Timer()
torch.ones(10) @ torch.ones(10)
print(f"{timer.stop() < 60}", len(timer.times))
