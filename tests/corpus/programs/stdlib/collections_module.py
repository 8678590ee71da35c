import collections
from collections import ChainMap, Counter, OrderedDict, defaultdict, deque, namedtuple

import torch

counts = Counter("mississippi")
print(counts.most_common(2), counts["s"], sum(counts.values()), counts + Counter("miss"))
counts.update("sss")
groups = defaultdict(list)
for word in ["apple", "avocado", "banana"]:
    groups[word[0]].append(word)
print(dict(groups), counts["s"], sorted(groups))
window = deque(maxlen=3)
for i in range(5):
    window.append(i)
window.appendleft(9)
print(window, window.popleft(), list(window), window[0])
Batch = namedtuple("Batch", ["x", "y"])
b = Batch(torch.ones(1), y=2)
print(b, b.x, b._replace(y=3).y, b[1])
x, y = b
ordered = OrderedDict([("b", 1), ("a", 2)])
ordered.move_to_end("b")
print(list(ordered.items()), ordered.popitem(), ChainMap({"a": 1}, {"b": 2})["b"], collections.deque([1]).pop())
visited, queue, graph = [], deque([0]), {0: [1, 2], 1: [3], 2: [3], 3: []}
while queue:
    node = queue.popleft()
    if node not in visited:
        visited.append(node)
        queue.extend(graph[node])
visited
