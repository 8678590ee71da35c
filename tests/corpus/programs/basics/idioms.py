import torch

pairs = [("a", 3), ("b", 1), ("c", 2)]
names, counts = zip(*pairs)
print(names, counts, dict(pairs), sorted(pairs, key=lambda kv: -kv[1])[0])
print(" ".join(map(str, counts)), sum([[1], [2, 3]], []), [x for x, _ in pairs], {v: k for k, v in pairs})
numbers = [5, 2, 8]
numbers.sort(reverse=True)
numbers.reverse()
print(numbers, list(enumerate(zip(names, counts), 1))[-1], numbers.copy() is numbers)
first, second = second, first = 1, 2
print(first, second, [0] * 3, [[0] * 2 for _ in range(2)], list(range(5, 0, -2)))
matrix = [[1, 2], [3, 4]]
print([list(row) for row in zip(*matrix)], [v for row in matrix for v in row], matrix[0][1])
x = torch.tensor(matrix)
print(torch.tensor(2.6).round(), int(x[0, 0]), range(x[0, 1]), len(x.shape), divmod(7, 2), torch.tensor([x[0, 0], 7]))
print(f"{'left':<8}|{'right':>8}|{3.14159:.2f}|{42:>6,}|{'x'!s:>3}|{0.5:%}", "{:>{}}".format("a", 5))
i = 0
while True:
    i += 1
    if i == 2:
        continue
    if i > 4:
        break
    print(i, end=";")
print("" if i else "never", i or None, not i, i and "yes")
