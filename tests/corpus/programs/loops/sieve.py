import torch

n = 200
is_prime = torch.ones(n + 1, dtype=torch.bool)
is_prime[:2] = False
i = 2
while i * i <= n:
    if is_prime[i]:
        is_prime[i * i :: i] = False
    i += 1
primes = is_prime.nonzero().flatten()
print(primes[:10], len(primes), primes[-1].item())
