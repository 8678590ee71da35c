import torch

x = torch.tensor(100.0)
steps = 0
while x > 1:
    x = x / 3
    steps += 1
else:
    print("finished after", steps, "steps")

n = 27
longest = n
while True:
    n = n // 2 if n % 2 == 0 else 3 * n + 1
    longest = max(longest, n)
    if n == 1:
        break
print(longest, round(x.item(), 4))
