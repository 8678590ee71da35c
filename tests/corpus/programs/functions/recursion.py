import torch


def factorial(n):
    return 1 if n <= 1 else n * factorial(n - 1)


def power(matrix, n):
    if n == 0:
        return torch.eye(len(matrix), dtype=matrix.dtype)
    half = power(matrix, n // 2)
    return half @ half @ matrix if n % 2 else half @ half


def flatten(nested):
    if not isinstance(nested, list):
        return [nested]
    return [leaf for item in nested for leaf in flatten(item)]


fib = torch.tensor([[1, 1], [1, 0]])
print(factorial(10), power(fib, 30)[0, 1], flatten([1, [2, [3, [4]]], 5]))


def hanoi(n, a="A", b="B", c="C"):
    return 0 if n == 0 else hanoi(n - 1, a, c, b) + 1 + hanoi(n - 1, c, b, a)


print(hanoi(6))
