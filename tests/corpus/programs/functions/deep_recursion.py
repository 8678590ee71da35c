import torch


def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)


def nested_sum(x):
    if x.numel() == 1:
        return x.reshape(())
    half = len(x) // 2
    return nested_sum(x[:half]) + nested_sum(x[half:])


print(depth(200), nested_sum(torch.arange(16.0)))


def ackermann(m, n):
    if m == 0:
        return n + 1
    return ackermann(m - 1, 1) if n == 0 else ackermann(m - 1, ackermann(m, n - 1))


print(ackermann(2, 3))
